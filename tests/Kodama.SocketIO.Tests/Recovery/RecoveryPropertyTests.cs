namespace Kodama.SocketIO.Tests;

/// <summary>Whatever happens to connections, every socket gets each event exactly once, in order.</summary>
public class RecoveryPropertyTests
{
    private const int Clients = 6;
    private const int Steps = 400;
    private static readonly string[] Rooms = ["red", "green", "blue"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task RandomDisconnects_EachSocketGetsEachEventOnceAndInOrder(int seed)
    {
        var random = new Random(seed);
        using var server = RecoveryTests.Create();
        var clients = new List<Model>();
        for (var i = 0; i < Clients; i++)
        {
            // Every other one by whichever parser it likes.
            var packs = i % 2 == 1;
            var client = new Model(new RecoveringClient(server) { Packs = () => packs && random.Next(2) == 0 });
            await client.Client.ReturnAsync();
            clients.Add(client);
        }
        for (var step = 0; step < Steps; step++)
        {
            var one = clients[random.Next(Clients)];
            switch (random.Next(12))
            {
                case 0 when one.IsOnline:
                    one.Client.Drain();
                    await one.Client.Session.CutAsync();
                    one.IsOnline = false;
                    break;
                case 1 when one.IsOnline:
                    // From here on what is sent is lost on the way, until the loss is noticed.
                    one.Client.Drain();
                    one.Client.Session.Stall();
                    one.IsStalled = true;
                    break;
                case 2 or 3 when !one.IsOnline:
                    await one.Client.ReturnAsync();
                    Assert.True(one.Client.Recovered);
                    one.IsOnline = true;
                    break;
                case 2 or 3 when one.IsStalled:
                    await one.Client.Session.CutAsync(DisconnectReason.PingTimeout);
                    one.IsOnline = one.IsStalled = false;
                    break;
                case 4 when one.IsOnline:
                    var joined = Rooms[random.Next(3)];
                    await one.Client.Socket.JoinAsync(joined);
                    one.Rooms.Add(joined);
                    break;
                case 5 when one.IsOnline:
                    var left = Rooms[random.Next(3)];
                    await one.Client.Socket.LeaveAsync(left);
                    one.Rooms.Remove(left);
                    break;
                case 6:
                    Publish($"{step}", _ => true, () => server.IO.Emit($"{step}"));
                    break;
                case 7:
                    var room = Rooms[random.Next(3)];
                    Publish($"{step}", c => c.Rooms.Contains(room), () => server.IO.To(room).Emit($"{step}"));
                    break;
                case 8:
                    var (first, second) = (Rooms[random.Next(3)], Rooms[random.Next(3)]);
                    Publish(
                        $"{step}", c => c.Rooms.Contains(first) && !c.Rooms.Contains(second),
                        () => server.IO.To(first).Except(second).Emit($"{step}"));
                    break;
                case 9 when one.IsOnline:
                    Publish($"{step}", c => c != one, () => one.Client.Socket.Broadcast.Emit($"{step}"));
                    break;
                case 10:
                    Publish($"{step}", c => c == one, () => server.IO.To(one.Client.Id).Emit($"{step}"));
                    break;
                case 11:
                    // Less than a client may be away, all in all between two of its returns.
                    server.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(200)));
                    break;
            }
        }
        foreach (var client in clients)
        {
            if (client.IsStalled) await client.Client.Session.CutAsync();
            if (!client.IsOnline || client.IsStalled) await client.Client.ReturnAsync();
            client.Client.Drain();
            Assert.Equal(client.Expected, client.Client.AllEvents);
        }
        Assert.Equal(0, server.IO.Away!.Count);

        void Publish(string name, Predicate<Model> reaches, Action emit)
        {
            foreach (var client in clients.Where(c => reaches(c))) client.Expected.Add(name);
            emit();
        }
    }

    [Fact]
    public async Task Publishers_BesideClientsThatComeAndGo_LoseAndRepeatNothing()
    {
        const int Publishers = 3;
        const int Each = 400;
        using var server = RecoveryTests.Create();
        var clients = new List<RecoveringClient>();
        for (var i = 0; i < 8; i++)
        {
            var packs = i % 2 == 1;
            clients.Add(new RecoveringClient(server) { Packs = () => packs && Random.Shared.Next(2) == 0 });
            await clients[i].ReturnAsync();
        }
        var published = 0;
        var publishing = Enumerable.Range(0, Publishers).Select(p => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                server.IO.Emit($"{p}:{i}");
                Interlocked.Increment(ref published);
            }
        })).ToList();
        var moving = clients.Select(client => Task.Run(async () =>
        {
            while (Volatile.Read(ref published) < Publishers * Each)
            {
                client.Drain();
                await client.Session.CutAsync();
                client.Drain();
                await client.ReturnAsync();
                Assert.True(client.Recovered);
            }
        })).ToList();

        await Task.WhenAll([.. publishing, .. moving]).Within();

        foreach (var client in clients)
        {
            client.Drain();
            Assert.Equal(Publishers * Each, client.AllEvents.Count);
            for (var p = 0; p < Publishers; p++)
            {
                Assert.Equal(
                    Enumerable.Range(0, Each).Select(i => $"{p}:{i}"),
                    client.AllEvents.Where(e => e.StartsWith($"{p}:", StringComparison.Ordinal)));
            }
        }
    }

    private sealed class Model(RecoveringClient client)
    {
        public RecoveringClient Client => client;

        public bool IsOnline { get; set; } = true;

        public bool IsStalled { get; set; }

        public HashSet<string> Rooms { get; } = [];

        public List<string> Expected { get; } = [];
    }
}
