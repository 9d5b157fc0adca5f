using System.Buffers;
using System.Text.Json;

namespace Kodama.SocketIO.Tests;

public class RecoveryTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Client_ThatMissedEvents_GetsThemBehindConnectAndIsTheSame()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        await client.Socket.JoinAsync("r");
        client.Socket.Data["user"] = "Yui";
        server.IO.Emit("one");
        await client.ReadAsync();
        await client.Session.CutAsync();

        server.IO.Emit("two", 2);
        server.IO.To("r").Emit("three");
        server.IO.To("other").Emit("not for it");
        server.IO.To(client.Id).Emit("four");
        server.IO.Except("r").Emit("not for it");
        var id = client.Id;
        await client.ReturnAsync();

        Assert.Equal(["two", "three", "four"], client.Events);
        Assert.Equal(id, client.Id);
        var socket = server.IO.Sockets[id];
        Assert.True(socket.Recovered);
        Assert.Equal([id, "r"], socket.Rooms);
        Assert.Equal("Yui", socket.Data["user"]);
        server.IO.To("r").Emit("five");
        await client.ReadAsync();
        Assert.Equal(["one", "two", "three", "four", "five"], client.AllEvents);
    }

    [Fact]
    public async Task Client_ThatNeverGotAnEvent_IsRecovered()
    {
        using var server = Create();
        server.IO.Emit("before");
        var client = await ComeAsync(server);
        await client.Session.CutAsync();

        server.IO.Emit("missed");
        await client.ReturnAsync();

        Assert.True(client.Recovered);
        Assert.Equal(["missed"], client.Events);
    }

    [Fact]
    public async Task Client_OfALongAndQuietConnection_IsRecovered()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        var other = await ComeAsync(server);
        await other.Socket.JoinAsync("busy");
        server.IO.Emit("long ago");
        await client.ReadAsync();
        for (var i = 0; i < 30; i++)
        {
            server.IO.To("busy").Emit("noise");
            server.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await client.Session.CutAsync(DisconnectReason.PingTimeout);

        server.IO.Emit("missed");
        await client.ReturnAsync();

        Assert.True(client.Recovered);
        Assert.Equal(["missed"], client.Events);
    }

    [Fact]
    public async Task Client_ThatIsCutOffAgainAndAgain_IsRecoveredEachTime()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        for (var i = 0; i < 5; i++)
        {
            await client.Session.CutAsync();
            server.IO.Emit($"missed {i}");
            server.Clock.Advance(TimeSpan.FromSeconds(90));
            await client.ReturnAsync();
            Assert.True(client.Recovered);
        }

        Assert.Equal(["missed 0", "missed 1", "missed 2", "missed 3", "missed 4"], client.AllEvents);
        Assert.Single(server.IO.Sockets);
        Assert.Equal(0, server.IO.Away!.Count);
    }

    [Fact]
    public async Task Events_LostInFlight_AreSentAgain()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        client.Session.Stall();
        server.IO.Emit("in flight");
        await client.Session.CutAsync();

        await client.ReturnAsync();

        Assert.Equal(["in flight"], client.Events);
    }

    [Fact]
    public async Task EventLostInFlight_ThatIsNoLongerKept_MakesANewSocket()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        client.Session.Stall();
        server.IO.Emit("in flight");
        for (var i = 0; i < 10; i++)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(1));
            server.IO.To("nobody").Emit("noise");
        }
        await client.Session.CutAsync();

        await client.ReturnAsync();

        Assert.False(client.Recovered);
    }

    [Fact]
    public async Task Client_ThatIsAwayTooLong_IsANewSocket()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        await client.Session.CutAsync();
        var id = client.Id;
        server.Clock.Advance(Duration + TimeSpan.FromSeconds(2));

        await client.ReturnAsync();

        Assert.False(client.Recovered);
        Assert.NotEqual(id, client.Id);
        Assert.Equal(0, server.IO.Away!.Count);
    }

    [Fact]
    public async Task OffsetOfAnotherLife_CountsAsNone()
    {
        using var before = Create();
        using var server = Create();
        var client = await ComeAsync(before);
        for (var i = 0; i < 10; i++) before.IO.Emit("old");
        for (var i = 0; i < 10; i++) await client.ReadAsync();
        client.MoveTo(server);
        await client.ReturnAsync();
        Assert.False(client.Recovered);
        await client.Session.CutAsync();
        server.IO.Emit("missed");

        await client.ReturnAsync();

        Assert.True(client.Recovered);
        Assert.Equal(["missed"], client.Events);
    }

    [Theory]
    [InlineData("\"bogus\"")]
    [InlineData("\"\"")]
    [InlineData("\"!!!!!!!!!!!!\"")]
    [InlineData("7")]
    [InlineData("{}")]
    public async Task OffsetThatIsNone_MakesANewSocketThatIsSentNothing(string offset)
    {
        using var server = Create();
        var client = await ComeAsync(server);
        server.IO.Emit("got");
        await client.ReadAsync();
        var pid = JsonDocument.Parse(client.Auth).RootElement.GetProperty("pid").GetString();
        await client.Session.CutAsync();
        server.IO.Emit("missed");
        var session = server.Open();

        await session.SendAsync($$"""0{"pid":"{{pid}}","offset":{{offset}}}""");

        var connect = await session.ReadAsync();
        Assert.StartsWith("0{", connect, StringComparison.Ordinal);
        Assert.DoesNotContain(client.Id, connect, StringComparison.Ordinal);
        server.IO.Emit("live");
        Assert.StartsWith("2[\"live\",", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(session.ReadAll());
    }

    [Fact]
    public async Task Emit_ToASocketThatIsAway_IsKeptForIt()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        var socket = client.Socket;
        await client.Session.CutAsync();

        socket.Emit("away");
        socket.Volatile.Emit("volatile");
        await client.ReturnAsync();
        socket.Emit("by the object of before");
        await client.ReadAsync();

        Assert.Equal(["away", "by the object of before"], client.AllEvents);
    }

    [Fact]
    public async Task Emit_ToASocketThatHasEndedForGood_IsKeptForNobody()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        var socket = client.Socket;
        socket.Disconnect();
        var before = server.IO.Main.Recovery!.Capacity;

        socket.Emit("nobody's");

        Assert.Equal(before, server.IO.Main.Recovery!.Capacity);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Socket_ThatWasEndedOnPurpose_DoesNotComeBack(bool byServer)
    {
        using var server = Create();
        var client = await ComeAsync(server);
        if (byServer) client.Socket.Disconnect();
        else await client.Session.SendAsync("1");

        await client.ReturnAsync();

        Assert.False(client.Recovered);
    }

    [Fact]
    public async Task Secret_OfAConnectedSocket_IsUnknown()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        var id = client.Id;

        await client.ReturnAsync();

        Assert.NotEqual(id, client.Id);
        Assert.Equal(2, server.IO.Sockets.Count);
    }

    [Fact]
    public async Task RoomsThatWereLeft_AndSendersOwnEvents_AreNotMissed()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        var other = await ComeAsync(server);
        await client.Socket.JoinAsync("left");
        client.Session.Stall();
        server.IO.To("left").Emit("still in");
        client.Socket.Broadcast.Emit("own");
        await client.Socket.LeaveAsync("left");
        server.IO.To("left").Emit("no longer in");
        await client.Session.CutAsync();

        await client.ReturnAsync();

        Assert.Equal(["still in"], client.Events);
        Assert.Equal(["own"], other.Drain());
    }

    [Fact]
    public async Task Relayed_AndRawMessages_AreMissedToo()
    {
        using var server = new TestServer(o => (o.Relay, o.ConnectionStateRecovery) = (true, new()));
        var client = await ComeAsync(server);
        var other = await ComeAsync(server);
        var raw = await server.ComeRawAsync();
        await client.Session.CutAsync();

        await other.Session.SendAsync("""2["move",1]""");
        raw.Say("hello");
        server.Hub.FindRoom("lobby")!.Send("from the hub");
        await client.ReturnAsync();

        Assert.Equal(["move", "message", "message"], client.Events);
        Assert.Equal("""{"event":"move","args":[1]}|from the hub|""", raw.Got);
    }

    [Fact]
    public async Task Volatile_AndAcknowledgedEvents_AreNotKept()
    {
        using var server = Create();
        var client = await ComeAsync(server);
        client.Session.Stall();
        server.IO.Volatile.Emit("volatile");
        _ = client.Socket.EmitWithAckAsync<int>("ack");
        await client.Session.CutAsync();

        await client.ReturnAsync();

        Assert.True(client.Recovered);
        Assert.Empty(client.Events);
    }

    [Fact]
    public async Task Socket_ThatTheProgramTakesIntoARoomOfTheHub_HearsItOnceAndMissesNothing()
    {
        using var server = Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();

        Assert.Equal(JoinResult.Joined, server.Hub.Join(client.Socket.Peer!, "red"));
        server.IO.To("red").Emit("heard");
        server.IO.Emit("to all");

        Assert.Equal(["heard", "to all"], client.Drain());
        Assert.Equal([client.Id, "red"], client.Socket.Rooms);
        await client.Session.CutAsync();
        server.IO.To("red").Emit("missed");
        await client.ReturnAsync();
        Assert.True(client.Recovered);
        Assert.Equal(["missed"], client.Events);
    }

    [Fact]
    public async Task Socket_ThatTheProgramTakesOutOfARoomOfTheHub_HearsItNoMore()
    {
        using var server = Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        await client.Socket.JoinAsync("red");

        Assert.True(Hub.Leave(client.Socket.Peer!, server.Hub.FindRoom("red")!));
        server.IO.To("red").Emit("not heard");
        server.IO.Emit("heard");

        Assert.Equal(["heard"], client.Drain());
        await client.Session.CutAsync();
        server.IO.To("red").Emit("not missed");
        await client.ReturnAsync();
        Assert.True(client.Recovered);
        Assert.Empty(client.Events);
    }

    [Fact]
    public async Task EventsBetweenJoiningAndConnect_AreSentOnceAndInOrder()
    {
        using var server = Create();
        var opened = server.Open();
        var socket = new SocketPeer(
            server.IO.Main, new SocketIOConnection(server.IO, opened), new HandshakeInfo(opened.Handshake, default), null);
        var (recovery, session) = (server.IO.Main.Recovery!, socket.Recovery!);
        socket.Peer = (await server.Hub.AdmitAsync(new PeerDescription { Door = "socket.io", Encoder = recovery }, socket)).Peer!;
        var outbox = socket.Peer.Outbox;
        server.Hub.Join(socket.Peer, "lobby");
        session.Missed = new ArrayBufferWriter<byte>();
        Assert.True(recovery.TryCatchUp(session));

        server.IO.Emit("one");
        server.IO.To("lobby").Except("nobody").Emit("two");
        var answers = server.IO.EmitWithAckAsync<int>("asked");
        Assert.Equal(0, outbox.QueuedBytes);
        Assert.Equal(0, (await answers.Within()).Expected);
        var connect = Frame.Copy("CONNECT"u8);
        Assert.True(recovery.TryCatchUp(session, socket.Peer, connect));
        server.IO.Emit("three");

        var sent = "";
        while (outbox.Peek() is { IsEmpty: false } bytes)
        {
            sent += Bytes.Text(bytes);
            outbox.Advance(bytes.Length);
        }
        string[] order = ["CONNECT", "one", "two", "three"];
        Assert.Equal(order.Order(), order.Where(part => sent.Split(part).Length == 2).Order());
        Assert.Equal(order, order.OrderBy(part => sent.IndexOf(part, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Middleware_IsSkippedUnlessAskedFor()
    {
        foreach (var skips in new[] { true, false })
        {
            using var server = Create(o => o.ConnectionStateRecovery!.SkipMiddlewares = skips);
            var passed = 0;
            server.IO.Use((_, next) =>
            {
                passed++;
                return next();
            });
            var client = await ComeAsync(server);
            await client.Session.CutAsync();
            await client.ReturnAsync();

            Assert.True(client.Recovered);
            Assert.Equal(skips ? 1 : 2, passed);
        }
    }

    [Fact]
    public async Task MoreThanIsKept_MakesANewSocket()
    {
        using var server = Create(o => o.ConnectionStateRecovery!.MaxBytes = 64 * 1024);
        var client = await ComeAsync(server);
        await client.Session.CutAsync();
        for (var i = 0; i < 100; i++) server.IO.Emit("much", new string('x', 1000));

        await client.ReturnAsync();

        Assert.False(client.Recovered);
    }

    [Fact]
    public async Task SlowClient_ThatIsCutOff_CanComeBackForWhatItMissed()
    {
        using var server = new TestServer(o => o.ConnectionStateRecovery = new(), hub: new HubOptions { Outbox = { MaxFrames = 10 } });
        var client = await ComeAsync(server);
        client.Session.Stall();
        for (var i = 0; i < 12; i++) server.IO.Emit($"{i}");
        await client.Session.Closed.Within();

        await client.ReturnAsync();

        Assert.True(client.Recovered);
    }

    internal static TestServer Create(Action<SocketIOOptions>? configure = null, HubRules? rules = null, HubOptions? hub = null) => new(o =>
    {
        o.ConnectionStateRecovery = new RecoveryOptions { MaxDisconnectionDuration = Duration };
        configure?.Invoke(o);
    }, rules, hub);

    private static async Task<RecoveringClient> ComeAsync(TestServer server)
    {
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        return client;
    }
}

/// <summary>A client as socket.io-client is one: it keeps its secret and the last offset, and offers them when it comes back.</summary>
internal sealed class RecoveringClient(TestServer first)
{
    private const string Fence = "fence";

    private TestServer server = first;
    private string? pid;
    private string? offset;

    public FakeSession Session { get; private set; } = null!;

    public string Id { get; private set; } = "";

    public bool Recovered { get; private set; }

    public List<string> AllEvents { get; } = [];

    /// <summary>Those that came with the last connection, behind CONNECT: what it had missed.</summary>
    public List<string> Events { get; private set; } = [];

    /// <summary>Whether it comes with MessagePack; asked each time.</summary>
    public Func<bool> Packs { get; init; } = static () => false;

    public SocketIOSocket Socket => server.IO.Sockets[Id];

    public void MoveTo(TestServer other) => server = other;

    /// <summary>What it says of itself when it comes back.</summary>
    public string Auth => pid is null ? "" : offset is null ? $$"""{"pid":"{{pid}}"}""" : $$"""{"pid":"{{pid}}","offset":"{{offset}}"}""";

    public async Task ReturnAsync()
    {
        Session = server.Open();
        if (Packs()) await Session.SendAsync(NotePack.Packet(PacketType.Connect, Auth.Length == 0 ? "null" : Auth));
        else await Session.SendAsync("0" + Auth);
        var connect = Unpacked(await Session.ReadAsync());
        Assert.Equal('0', connect[0]);
        using var json = JsonDocument.Parse(connect[1..]);
        Id = json.RootElement.GetProperty("sid").GetString()!;
        var told = json.RootElement.GetProperty("pid").GetString();
        Recovered = pid == told;
        pid = told;
        // Said now, it comes behind all that was missed. It is nobody's event.
        Assert.True(Socket.Peer!.Send(Fence, ""));
        Events = [];
        while (Unpacked(await Session.ReadAsync()) is var packet && !packet.StartsWith($"2[\"{Fence}\",", StringComparison.Ordinal))
            Events.Add(Keep(packet));
    }

    public async Task<string> ReadAsync() => Keep(Unpacked(await Session.ReadAsync()));

    /// <summary>The names of the events that have come.</summary>
    public List<string> Drain() =>
        [.. Session.ReadAll().Select(Unpacked).Where(packet => packet[0] == '2' && packet[1] == '[').Select(Keep)];

    /// <summary>A packet of MessagePack as one of JSON.</summary>
    private static string Unpacked(string packet)
    {
        if (!packet.StartsWith("b:", StringComparison.Ordinal)) return packet;
        using var json = JsonDocument.Parse(NotePack.Text(packet));
        return $"{json.RootElement.GetProperty("type")}{json.RootElement.GetProperty("data").GetRawText()}";
    }

    private string Keep(string packet)
    {
        using var json = JsonDocument.Parse(packet[packet.IndexOf('[', StringComparison.Ordinal)..]);
        var elements = json.RootElement.EnumerateArray().ToList();
        if (elements[^1].ValueKind == JsonValueKind.String) offset = elements[^1].GetString();
        var name = elements[0].GetString()!;
        AllEvents.Add(name);
        return name;
    }
}
