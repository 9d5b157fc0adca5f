using Kodama.Client;
using Kodama.Clients.Tests.Hubs;

namespace Kodama.Clients.Tests;

/// <summary>The .NET client of rooms, and a hub that is killed and started again.</summary>
public sealed class KodamaRoomsTests
{
    private const int Clients = 4;

    // All of them fit into what a room keeps by default.
    private const int Messages = 60;
    private const int Kills = 5;

    [Fact]
    public async Task Hub_KilledAgainAndAgain_LosesAndDoublesNothing()
    {
        var data = Directory.CreateTempSubdirectory("kodama-").FullName;
        var hub = await RunningHub.StartAsync(new HubSettings { Data = data });
        var talkers = new List<Talker>();
        try
        {
            for (var i = 0; i < Clients; i++) talkers.Add(await Talker.StartAsync(hub.Url, i));
            var sessions = talkers.Select(t => t.Rooms.Session).ToList();
            var hearing = Task.WhenAll(talkers.Select(t => t.HearAsync()));
            var talking = Task.WhenAll(talkers.Select(t => t.TalkAsync()));

            for (var kill = 1; kill <= Kills; kill++)
            {
                var enough = kill * Clients * Messages / (Kills + 1);
                await Until(() => talkers.Sum(t => t.AcknowledgedCount) >= enough);
                await hub.KillAsync();
                hub = await hub.StartAgainAsync();
            }
            await talking.WithDeadline();
            await hearing.WithDeadline();

            Assert.Equal(sessions, talkers.Select(t => t.Rooms.Session));
            var said = (await talkers[0].Tea.ReadHistoryAsync(limit: 1000).WithDeadline()).Messages;
            Assert.Equal(Clients * Messages, said.Count);
            foreach (var talker in talkers)
            {
                var own = said.Where(m => m.From == talker.Rooms.Session!.Id).ToList();
                Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{talker.Number}:{i}"), own.Select(m => m.Text));
                Assert.Equal(own.Select(m => (RoomPosition?)m.Position), talker.Acknowledged);
                Assert.Equal(
                    said.Where(m => m.From != talker.Rooms.Session!.Id).Select(m => m.Position), talker.HeardOfOthers);
                Assert.Equal(0, talker.Gaps);
            }
        }
        finally
        {
            await Task.WhenAll(talkers.Select(t => t.Rooms.DisposeAsync().AsTask()));
            await hub.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline.Step);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition()) await poll.WaitForNextTickAsync(deadline.Token);
    }

    /// <summary>Publishes numbered messages, one after another, and hears those of the others.</summary>
    private sealed class Talker(KodamaRooms rooms, JoinedRoom tea, int number)
    {
        private readonly List<RoomPosition?> acknowledged = [];
        private int count;

        public KodamaRooms Rooms => rooms;

        public JoinedRoom Tea => tea;

        public int Number => number;

        public int AcknowledgedCount => Volatile.Read(ref count);

        public IReadOnlyList<RoomPosition?> Acknowledged => acknowledged;

        public List<RoomPosition> HeardOfOthers { get; } = [];

        public int Gaps { get; private set; }

        public static async Task<Talker> StartAsync(Uri hub, int number)
        {
            var options = new KodamaRoomsOptions { Reconnect = ReconnectStrategy.Fixed(TimeSpan.FromMilliseconds(50)) };
            var rooms = await KodamaRooms.ConnectAsync(hub, options).WithDeadline();
            return new Talker(rooms, await rooms.JoinAsync("tea").WithDeadline(), number);
        }

        public async Task TalkAsync()
        {
            for (var i = 0; i < Messages; i++)
            {
                acknowledged.Add((await tea.PublishAsync($"{number}:{i}").WithDeadline()).Position);
                Interlocked.Increment(ref count);
            }
        }

        public async Task HearAsync()
        {
            await foreach (var entry in tea.Entries)
            {
                if (entry is RoomGap) Gaps++;
                if (entry is RoomMessage { IsOwn: false } message) HeardOfOthers.Add(message.Position);
                if (HeardOfOthers.Count == (Clients - 1) * Messages) return;
            }
        }
    }
}
