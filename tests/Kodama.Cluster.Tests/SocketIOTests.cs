using System.Text.Json;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;

namespace Kodama.Cluster.Tests;

/// <summary>What Socket.IO's operators promise over hubs (docs/specs/cluster.md), with npm's socket.io-client.</summary>
public sealed class SocketIOTests(SharedServer redis) : IClassFixture<SharedServer>, IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly List<SocketIOServer> io = [];
    private readonly NodeSockets clients = new();
    private readonly Dictionary<string, string> ids = [];
    private TestCluster cluster = null!;

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Emit_AtAHubWithoutSockets_ReachesThoseOfOthers()
    {
        await StartAsync(hubs: 4);

        io[3].Emit("x", 1);
        await AssertGotAsync("""["x",1]""", "a", "b", "c");
        io[3].To("ab").Emit("y", new byte[] { 1, 2 });
        io[3].Emit("end");
        Assert.Equal(2, (await clients.UpToAsync("a", """["end"]""")).Count);
        Assert.Equal(2, (await clients.UpToAsync("b", """["end"]""")).Count);
        await AssertGotAsync("""["end"]""", "c");
    }

    [Fact]
    public async Task Emit_ToSeveralRoomsOrButSomeOrToAnId_ReachesThoseElsewhereOnce()
    {
        await StartAsync();

        io[0].To("ab").To("bc").Emit("several");
        await AssertGotAsync("""["several"]""", "a", "b", "c");
        io[0].Except("bc").Emit("but");
        await AssertGotAsync("""["but"]""", "a");
        io[1].Except(ids["c"]).Emit("but one");
        await AssertGotAsync("""["but one"]""", "a", "b");
        io[0].To(ids["c"]).Emit("one");
        await AssertGotAsync("""["one"]""", "c");
        io[0].Volatile.To("bc").Emit("volatile");
        await AssertGotAsync("""["volatile"]""", "b", "c");
        Assert.Single(io[1].Sockets).Value.To("bc", "ab").Emit("others");
        await AssertGotAsync("""["others"]""", "a", "c");
        Assert.Single(io[1].Sockets).Value.Broadcast.Emit("all others");
        await AssertGotAsync("""["all others"]""", "a", "c");
        await AssertNothingMoreAsync();
    }

    [Fact]
    public async Task Emits_OfOneProgram_WhateverTheyAreFor_ReachASocketElsewhereInItsOrder()
    {
        await StartAsync();
        const int many = 400;

        for (var i = 0; i < many; i++)
        {
            if (i % 4 == 0) io[0].To("ab").Emit("n", i);
            else if (i % 4 == 1) io[0].Emit("n", i);
            else if (i % 4 == 2) io[0].To(ids["b"]).Emit("n", i);
            else io[0].To("ab", "bc").Emit("n", i);
        }

        Assert.Equal(
            Enumerable.Range(0, many).Select(static i => $"""["n",{i}]"""), await clients.UpToAsync("b", $"""["n",{many - 1}]"""));
    }

    [Fact]
    public async Task Local_ReachesThoseOfThisHubAlone()
    {
        await StartAsync();

        io[1].Local.Emit("here");
        io[1].Local.To("ab").Emit("here too");
        Assert.Equal(ids["b"], Assert.Single((await io[1].Local.FetchSocketsAsync()).Sockets).Id);

        await AssertGotAsync("""["here"]""", "b");
        await AssertGotAsync("""["here too"]""", "b");
        await AssertNothingMoreAsync();
    }

    [Fact]
    public async Task EmitWithAck_GathersTheAnswersOfAllHubs()
    {
        await StartAsync();

        var all = await io[0].EmitWithAckAsync<int, string>("ask", 7).Within();
        Assert.Equal(Names, all.Answers.Order());
        Assert.True(all.IsComplete);
        Assert.Equal(3, all.Expected);

        var some = await io[0].To("bc").EmitWithAckAsync<string>("ask").Within();
        Assert.Equal(["b", "c"], some.Answers.Order());
        var none = await io[0].To("nobody").EmitWithAckAsync<string>("ask").Within();
        Assert.Equal((0, true), (none.Expected, none.IsComplete));
    }

    [Fact]
    public async Task EmitWithAck_WithoutAllAnswersInTime_GivesThoseThatCame()
    {
        await StartAsync();
        await clients.CloseAsync("c");
        await Deadline.UntilAsync(() => io[2].Sockets.Count == 0);
        await clients.OpenAsync("silent", TestCluster.Address(cluster.Hubs[2]));
        io[2].Local.SocketsJoin("silent");

        var asking = io[0].Timeout(TimeSpan.FromSeconds(2)).EmitWithAckAsync<string>("silence");
        Assert.Empty((await asking.Within()).Answers);

        // One that goes meanwhile is not waited for.
        var goes = io[0].Timeout(TimeSpan.FromMinutes(1)).To("silent").EmitWithAckAsync<string>("silence");
        await clients.UpToAsync("silent", """["silence"]""");
        await clients.UpToAsync("silent", """["silence"]""");
        await clients.CloseAsync("silent");
        var left = await goes.Within();
        Assert.Equal((0, 1, false), (left.Answers.Count, left.Expected, left.IsComplete));
    }

    [Fact]
    public async Task EmitWithAck_WhenAHubDiesInBetween_WaitsForItNoLongerThanItsLease()
    {
        await StartAsync();

        var asking = io[0].Timeout(TimeSpan.FromMinutes(1)).To("bc").EmitWithAckAsync<string>("silence");
        await AssertGotAsync("""["silence"]""", "b", "c");
        await cluster.StopAsync(cluster.Hubs[2]);
        await cluster.StopAsync(cluster.Hubs[1]);

        var acks = await asking.Within();
        Assert.Equal((0, 2, false), (acks.Answers.Count, acks.Expected, acks.IsComplete));
    }

    [Fact]
    public async Task FetchSockets_TellsThoseOfAllHubs()
    {
        await StartAsync();
        Assert.Single(io[2].Sockets).Value.Data["name"] = "Yui";
        Assert.Single(io[2].Sockets).Value.Data["age"] = 7;

        var fetched = await io[0].FetchSocketsAsync();
        Assert.Empty(fetched.MissingHubs);
        Assert.Equal(ids.Values.Order(), fetched.Sockets.Select(static socket => socket.Id).Order());
        var c = fetched.Sockets.Single(socket => socket.Id == ids["c"]);
        Assert.Equal(new[] { "bc", ids["c"] }.Order(), c.Rooms.Order());
        Assert.Equal(("Yui", 7), (c.Data["name"], c.Data["age"]));
        Assert.Equal("c", c.Handshake.Query["who"]);
        Assert.Equal("secret of c", c.Handshake.GetAuth("word"));
        Assert.Equal("127.0.0.1", $"{c.Handshake.Address}");
        Assert.Equal([ids["c"]], (await io[0].In("bc").Except("ab").FetchSocketsAsync()).Sockets.Select(static socket => socket.Id));

        c.Emit("to you");
        await AssertGotAsync("""["to you"]""", "c");
        Assert.Equal("c", await c.EmitWithAckAsync<string>("you?", Deadline.Default));
        await AssertGotAsync("""["you?"]""", "c");
        c.Join("new");
        await Deadline.UntilAsync(() => io[2].In("new").FetchSockets().Count == 1);
        c.Disconnect();
        await AssertGotAsync("""["disconnect","io server disconnect"]""", "c");
        await AssertNothingMoreAsync("a", "b");
    }

    [Fact]
    public async Task SocketsOfARoom_AreMovedAndDisconnectedAtAllHubs()
    {
        await StartAsync();

        io[0].In("bc").SocketsJoin("new");
        await Deadline.UntilAsync(() => CountIn("new") == 2);
        io[0].To("new").Emit("new");
        await AssertGotAsync("""["new"]""", "b", "c");
        io[0].In(ids["c"]).SocketsLeave("new");
        await Deadline.UntilAsync(() => CountIn("new") == 1);
        io[0].In("new").DisconnectSockets();
        await AssertGotAsync("""["disconnect","io server disconnect"]""", "b");
        io[1].DisconnectSockets(close: true);
        await AssertGotAsync("""["disconnect","io server disconnect"]""", "a", "c");
    }

    [Fact]
    public async Task ServerSideEmit_IsHandledAtTheOtherHubs()
    {
        await StartAsync();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        for (var i = 0; i < 3; i++)
        {
            var own = i;
            io[i].OnServerSide("ping", e =>
            {
                heard.Enqueue($"{own} {e.Get<string>(0)} {e.Get<int>(1)}");
                e.Ack($"pong {own}");
            });
        }
        io[2].OnServerSide("only there", e => e.Ack(new byte[] { 7 }));

        io[0].ServerSideEmit("ping", "hello", 5);
        await Deadline.UntilAsync(() => heard.Count == 2);
        Assert.Equal(["1 hello 5", "2 hello 5"], heard.Order());
        var pongs = await io[1].ServerSideEmitWithAckAsync<string, string>("ping", "again").Within();
        Assert.Equal(["pong 0", "pong 2"], pongs.Answers.Order());
        Assert.True(pongs.IsComplete);
        var one = await io[0].ServerSideEmitWithAckAsync<byte[]>("only there").Within();
        Assert.Equal(new byte[] { 7 }, Assert.Single(one.Answers));
        Assert.Throws<ArgumentException>(() => io[0].ServerSideEmit("connect"));
    }

    [Fact]
    public async Task Parent_SendsToNamespacesThatItsHubHasNot()
    {
        await StartAsync();
        await clients.OpenAsync("d", new Uri(TestCluster.Address(cluster.Hubs[2]), "/game-1"));
        await clients.OpenAsync("e", new Uri(TestCluster.Address(cluster.Hubs[1]), "/game-1"));

        parents[1].Emit("all games");
        await AssertGotAsync("""["all games"]""", "d", "e");
        Assert.Equal(["d", "e"], (await parents[0].EmitWithAckAsync<string>("who").Within()).Answers.Order());
        await AssertGotAsync("""["who"]""", "d", "e");
        Assert.Equal(2, (await parents[0].FetchSocketsAsync()).Sockets.Count(static s => s.Handshake.Query.ContainsKey("EIO")));
        await AssertNothingMoreAsync();
    }

    [Fact]
    public async Task Emit_OfMoreThanHubsTellEachOther_IsRefusedBeforeItIsSent()
    {
        await StartAsync();
        Assert.Throws<ArgumentException>(() => io[0].To("ab", "bc").Emit("large", new byte[ICluster.MostBytes]));
        await AssertNothingMoreAsync();
    }

    private readonly List<SocketIONamespace> parents = [];

    private async Task StartAsync(int hubs = 3)
    {
        cluster = await TestCluster.StartAsync(redis.Address, hubs, map: hub =>
        {
            io.Add(hub.Endpoints.MapSocketIO(options => options.MaxAttachments = 10));
            parents.Add(io[^1].Of(new System.Text.RegularExpressions.Regex("^/game-")));
            io[^1].OnConnection(static async socket =>
            {
                // a is in "ab", b in both, c in "bc".
                if (socket.Handshake.Query.GetValueOrDefault("who") is "a" or "b") await socket.JoinAsync("ab");
                if (socket.Handshake.Query.GetValueOrDefault("who") is "b" or "c") await socket.JoinAsync("bc");
            });
        });
        for (var i = 0; i < 3; i++)
        {
            var options = $$""","query":{"who":"{{Names[i]}}"},"auth":{"word":"secret of {{Names[i]}}"}""";
            ids[Names[i]] = await clients.OpenAsync(Names[i], TestCluster.Address(cluster.Hubs[i]), options);
        }
        await Deadline.UntilAsync(() => CountIn("ab") == 2 && CountIn("bc") == 2);
    }

    private int CountIn(string room) => io.Sum(server => server.In(room).FetchSockets().Count);

    private async Task AssertGotAsync(string expected, params string[] names)
    {
        foreach (var name in names) Assert.Equal(expected, await clients.NextAsync(name));
    }

    // Behind what was told before: telling and the room's order are two ways, so both are gone.
    private async Task AssertNothingMoreAsync(params string[] names)
    {
        foreach (var server in io) server.Local.Emit("nothing more");
        foreach (var name in names.Length > 0 ? names : Names) await AssertGotAsync("""["nothing more"]""", name);
    }
}
