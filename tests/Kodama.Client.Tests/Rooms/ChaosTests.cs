using System.Collections.Concurrent;
using System.Text;
using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>Clients that publish numbered messages over a way that cuts, splits and delays: every message once and in order, all that is
/// acknowledged is there, and as many gaps are told as are made.</summary>
public sealed class ChaosTests
{
    private const int Clients = 6;
    private const int Messages = 60;
    private static readonly string[] Rooms = ["tea", "coffee", "water"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Cuts_WithALogThatKeepsAll_LoseAndDoubleNothing(int seed)
    {
        await using var hub = await StartAsync(echo: seed % 2 == 0, kept: 10_000);
        await using var proxy = new RoughProxy(hub.Address.Port, seed);
        var talkers = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(i => Talker.StartAsync(proxy.Address, i, 1024, keepsLists: true)));

        await Task.WhenAll(talkers.Select(t => t.TalkAsync(Messages))).Within(TimeSpan.FromMinutes(2));
        proxy.Smooth();
        var said = await Task.WhenAll(Rooms.Select(room => SaidAsync(hub.Address, room)));
        foreach (var (room, log) in Rooms.Zip(said)) CheckLog(talkers, room, log);
        await EndAsync(hub.Address);
        await Task.WhenAll(talkers.Select(t => t.HeardAll)).Within();

        Assert.True(proxy.Cuts > Clients, $"Only {proxy.Cuts} cuts.");
        foreach (var talker in talkers)
        {
            foreach (var (room, log) in Rooms.Zip(said))
            {
                var heard = talker.Heard(room);
                Assert.DoesNotContain(heard, e => e is RoomGap);
                var messages = heard.OfType<RoomMessage>().ToList();
                Assert.Equal(messages.Select(m => m.Position.Offset).Distinct().Order(), messages.Select(m => m.Position.Offset));
                // Own ones come where the room echoes.
                Assert.Equal(talker.Room(room).Echoes ? Messages : 0, messages.Count(m => m.IsOwn));
                Assert.Equal(
                    log.Where(m => !IsOf(m, talker)).Select(m => m.Text), messages.Where(m => !m.IsOwn).Select(m => m.Text));
                Assert.All(messages.Where(m => m.IsOwn), m => Assert.True(IsOf(m, talker)));
                CheckLists(talkers, talker.Room(room));
            }
        }
        await Task.WhenAll(talkers.Select(t => t.DisposeAsync().AsTask())).Within();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Cuts_WithALogThatKeepsFew_TellEveryGapThatIsMade(int seed)
    {
        await using var hub = await StartAsync(echo: false, kept: 8);
        await using var proxy = new RoughProxy(hub.Address.Port, seed);
        var talkers = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(i => Talker.StartAsync(proxy.Address, i, 5, keepsLists: false)));

        await Task.WhenAll(talkers.Select(t => t.TalkAsync(Messages))).Within(TimeSpan.FromMinutes(2));
        proxy.Smooth();
        await EndAsync(hub.Address);
        await Task.WhenAll(talkers.Select(t => t.HeardAll)).Within();

        Assert.True(proxy.Cuts > Clients, $"Only {proxy.Cuts} cuts.");
        Assert.Contains(talkers, t => Rooms.Any(room => t.Heard(room).OfType<RoomGap>().Any()));
        foreach (var talker in talkers)
        {
            foreach (var room in Rooms)
            {
                var heard = talker.Heard(room);
                var offsets = heard.OfType<RoomMessage>().Select(m => m.Position.Offset).ToList();
                Assert.Equal(offsets.Distinct().Order(), offsets);
                var missed = Enumerable.Range(1, Clients * Messages).Select(o => (long)o).Except(offsets).ToHashSet();
                var gaps = heard.OfType<RoomGap>().Select(g => (From: g.From.Offset, To: g.Position.Offset)).ToList();
                Assert.All(gaps, g => Assert.Contains(missed, m => m > g.From && m <= g.To));
                Assert.All(gaps, g => Assert.DoesNotContain(offsets, o => o > g.From && o <= g.To));
                var own = talker.Acknowledged(room).Select(p => p.Position!.Value.Offset).ToHashSet();
                Assert.All(missed.Except(own), m => Assert.Contains(gaps, g => m > g.From && m <= g.To));
            }
            await talker.DisposeAsync();
        }
    }

    // A room in which nothing was said ends when all are cut off at once, and a position in it is a gap in the next of its name.
    private static Task<TestHub> StartAsync(bool echo, int kept) => TestHub.StartAsync(o =>
    {
        (o.Echo, o.Log.Messages) = (echo, kept);
        foreach (var room in Rooms) o.Rooms[room] = new RoomOptions { KeepWhenEmpty = true };
    });

    private static bool IsOf(RoomMessage message, Talker talker) =>
        message.Text.StartsWith($"{talker.Number}:", StringComparison.Ordinal);

    private static void CheckLog(Talker[] talkers, string room, IReadOnlyList<RoomMessage> log)
    {
        foreach (var talker in talkers)
        {
            // Once each, in the order of the calls, where the acknowledgement says.
            Assert.Equal(
                Enumerable.Range(0, Messages).Select(i => $"{talker.Number}:{i}"), log.Where(m => IsOf(m, talker)).Select(m => m.Text));
            Assert.Equal(
                log.Where(m => IsOf(m, talker)).Select(m => (RoomPosition?)m.Position),
                talker.Acknowledged(room).Select(p => p.Position));
        }
    }

    // All of them are there, as they were last, whatever they have been through.
    private static void CheckLists(Talker[] talkers, JoinedRoom room)
    {
        var last = $"{Messages / 10 * 10 - 10}";
        Assert.Equal(
            talkers.Select(t => (t.Session, last)).Order(),
            room.Members.Select(m => (m.Key, Encoding.UTF8.GetString(m.Value.Data.Span))).Order());
        Assert.Equal(
            talkers.SelectMany(t => (string[])[$"bound of {t.Number}", $"last of {t.Number}"]).Order(StringComparer.Ordinal),
            room.State.Keys.Order(StringComparer.Ordinal));
        Assert.All(room.State.Values, value => Assert.Equal(last, value.Payload.Text));
    }

    private static async Task EndAsync(Uri hub)
    {
        await using var rooms = await KodamaRooms.ConnectAsync(hub).Within();
        foreach (var room in Rooms)
        {
            await using var joined = await rooms.JoinAsync(room).Within();
            await joined.PublishAsync("end").Within();
        }
    }

    private static async Task<IReadOnlyList<RoomMessage>> SaidAsync(Uri hub, string room)
    {
        await using var rooms = await KodamaRooms.ConnectAsync(hub).Within();
        await using var joined = await rooms.JoinAsync(room).Within();
        var said = new List<RoomMessage>();
        var page = await joined.ReadHistoryAsync(after: new RoomPosition((await joined.NextAsync<CaughtUp>()).Position.Epoch, 0)).Within();
        while (true)
        {
            said.AddRange(page.Messages);
            if (!page.HasMore) return said;
            page = await page.ReadNextAsync().Within();
        }
    }

    /// <summary>A client that publishes in all rooms, and keeps what it hears.</summary>
    private sealed class Talker : IAsyncDisposable
    {
        private readonly KodamaRooms rooms;
        private readonly bool keepsLists;
        private readonly Dictionary<string, JoinedRoom> joined = [];
        private readonly Dictionary<string, List<RoomEntry>> heard = [];
        private readonly ConcurrentDictionary<string, Publication[]> acknowledged = new();

        private Talker(KodamaRooms rooms, int number, bool keepsLists) =>
            (this.rooms, Number, this.keepsLists) = (rooms, number, keepsLists);

        public int Number { get; }

        public string Session => rooms.Session!.Id;

        public Task HeardAll { get; private set; } = Task.CompletedTask;

        public static async Task<Talker> StartAsync(Uri address, int number, int capacity, bool keepsLists)
        {
            var options = new KodamaRoomsOptions
            {
                RetryFirst = true,
                EntryCapacity = capacity,
                Reconnect = ReconnectStrategy.Exponential(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50)),
            };
            var talker = new Talker(KodamaRooms.Create(address, options), number, keepsLists);
            await talker.rooms.StartAsync().Within();
            foreach (var room in Rooms)
            {
                talker.joined[room] = await talker.rooms.JoinAsync(room, new() { Presence = keepsLists, State = keepsLists }).Within();
                talker.heard[room] = [];
            }
            talker.HeardAll = Task.WhenAll(Rooms.Select(talker.HearAsync));
            return talker;
        }

        public JoinedRoom Room(string name) => joined[name];

        public List<RoomEntry> Heard(string room) => heard[room];

        public Publication[] Acknowledged(string room) => acknowledged[room];

        public Task TalkAsync(int count) => Task.WhenAll(Rooms.Select(async room =>
        {
            var random = new Random(Number);
            var publishing = new List<Task<Publication>>();
            for (var i = 0; i < count; i++)
            {
                publishing.Add(joined[room].PublishAsync($"{Number}:{i}"));
                if (i % 10 == 0 && keepsLists)
                {
                    await Task.WhenAll(
                        joined[room].EnterAsync(Encoding.UTF8.GetBytes($"{i}")), joined[room].SetAsync($"last of {Number}", $"{i}"),
                        joined[room].SetAsync($"bound of {Number}", $"{i}", isBound: true));
                }
                // Some by themselves, some many at once.
                if (random.Next(3) == 0) await publishing[^1];
            }
            acknowledged[room] = await Task.WhenAll(publishing);
        }));

        public ValueTask DisposeAsync() => rooms.DisposeAsync();

        private async Task HearAsync(string room)
        {
            var entries = heard[room];
            await foreach (var entry in joined[room].Entries)
            {
                if (entry is RoomMessage { Text: "end" }) return;
                entries.Add(entry);
                // A slow reader, now and then.
                if (entries.Count % 7 == 0) await Task.Yield();
            }
        }
    }
}
