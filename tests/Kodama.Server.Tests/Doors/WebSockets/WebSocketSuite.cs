using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>What holds for every way to a raw peer: a detached socket, TLS, HTTP/2, a prefix.</summary>
public abstract class WebSocketSuite
{
    public static TheoryData<int, bool> Payloads => new()
    {
        { 0, true }, { 1, true }, { 125, true }, { 126, true }, { 65_536, true }, { 1024 * 1024, true },
        { 0, false }, { 126, false }, { 65_535, false }, { 1024 * 1024, false },
    };

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Message_OfAnySize_IsRelayedAsTheTypeItCameIn(int size, bool isText)
    {
        await using var hub = await StartAsync();
        await using var sender = await hub.JoinAsync();
        await using var receiver = await hub.JoinAsync();
        var type = isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var payload = isText ? Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(size)) : RandomNumberGenerator.GetBytes(size);

        await sender.SendAsync(payload, type);

        var received = await receiver.ReceiveAsync();
        Assert.Equal(type, received.Type);
        Assert.True(payload.AsSpan().SequenceEqual(received.Bytes));
    }

    [Fact]
    public async Task Message_InFragments_ArrivesWhole()
    {
        await using var hub = await StartAsync();
        await using var sender = await hub.JoinAsync();
        await using var receiver = await hub.JoinAsync();

        foreach (var piece in "山彦".EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(piece.ToString());
            await sender.SendAsync(bytes.AsMemory(0, 1), WebSocketMessageType.Text, end: false);
            await sender.SendAsync(bytes.AsMemory(1), WebSocketMessageType.Text, end: false);
        }
        await sender.SendAsync(default, WebSocketMessageType.Text, end: true);

        Assert.Equal("山彦", await receiver.ReceiveTextAsync());
    }

    [Fact]
    public async Task Broadcast_ByAPeer_ReachesAllButItself()
    {
        await using var hub = await StartAsync();
        await using var sender = await hub.JoinAsync();
        await using var first = await hub.JoinAsync();
        await using var second = await hub.JoinAsync();

        await sender.SendAsync("hello");
        Assert.Equal("hello", await first.ReceiveTextAsync());
        await first.SendAsync("end");

        Assert.Equal("hello", await second.ReceiveTextAsync());
        Assert.Equal("end", await second.ReceiveTextAsync());
        Assert.Equal("end", await sender.ReceiveTextAsync());
    }

    [Fact]
    public async Task Echo_ByAPeer_ReachesItselfToo()
    {
        await using var hub = await StartAsync(o => o.Echo = true);
        await using var sender = await hub.JoinAsync();
        await using var other = await hub.JoinAsync();

        await sender.SendAsync("hello");

        Assert.Equal("hello", await sender.ReceiveTextAsync());
        Assert.Equal("hello", await other.ReceiveTextAsync());
    }

    [Fact]
    public async Task Rooms_OfDifferentNames_HearNothingOfEachOther()
    {
        await using var hub = await StartAsync();
        await using var sender = await hub.JoinAsync("/ws/tea%20room");
        await using var same = await hub.JoinAsync("/ws/tea%20room");
        await using var lobby = await hub.JoinAsync("/ws");
        await using var explicitLobby = await hub.JoinAsync("/ws/lobby");

        await sender.SendAsync("tea");
        await explicitLobby.SendAsync("lobby");

        Assert.Equal("tea", await same.ReceiveTextAsync());
        Assert.Equal("lobby", await lobby.ReceiveTextAsync());
        Assert.Equal(["lobby", "tea room"], hub.Hub.Rooms.Select(r => r.Name).Order());
    }

    [Fact]
    public async Task Query_OfTheAddress_IsThePeersDetails()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.JoinAsync("/ws?name=%E3%82%86%E3%81%84&role=admin&role=user&empty=&token=secret");

        Assert.Equal(
            new Dictionary<string, string> { ["name"] = "ゆい", ["role"] = "user", ["empty"] = "" }, client.Peer!.Details.ToDictionary());
        Assert.Equal("127.0.0.1", client.Peer.RemoteAddress!.ToString());
        Assert.Equal("websocket", client.Peer.Door);
    }

    [Theory]
    [InlineData(1000, "")]
    [InlineData(3456, "さようなら")]
    public async Task Close_ByTheClient_IsAnsweredWithItsCode(int code, string reason)
    {
        await using var hub = await StartAsync();
        using var watcher = hub.Hub.Watch();
        await using var client = await hub.JoinAsync();

        await client.CloseAsync(code, reason);

        Assert.Equal(code, (int)client.Socket.CloseStatus!.Value);
        await hub.EmptiesAsync();
        var leave = await ReadAsync(watcher, HubEventKind.Leave);
        Assert.Equal(new CloseReason((ushort)code, reason), leave.Reason);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Close_ByTheHub_TellsCodeAndReasonAfterWhatWaits()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.JoinAsync();

        for (var i = 0; i < 100; i++) client.Peer!.Send($"{i}");
        client.Peer!.Disconnect(4321, "enough");

        for (var i = 0; i < 100; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
        Assert.Equal((4321, "enough"), await client.ReceiveCloseAsync());
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task Close_FromBothSidesAtOnce_EndsOnce()
    {
        var told = new ConnectionRecorder();
        await using var hub = await StartAsync(o => o.Rules.Events.Add(told));
        for (var i = 0; i < 10; i++)
        {
            await using var client = await hub.JoinAsync();
            var closing = client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            client.Peer!.Disconnect(4001, "go");
            await closing.Within();
            while ((await client.ReceiveAsync()).Type != WebSocketMessageType.Close)
            {
            }
        }
        await hub.EmptiesAsync();
        await Deadline.UntilAsync(() => told.Disconnected.Count == 10);
        Assert.Equal(10, told.Disconnected.DistinctBy(d => d.Peer).Count());
    }

    [Fact]
    public async Task Peer_RefusedByAValidator_IsClosedWith3000AndTheReason()
    {
        await using var hub = await StartAsync(o => o.Rules.Validators.Add(new LambdaValidator(async (_, _) =>
        {
            await Task.Yield();
            return PeerVerdict.Refuse("No seat is free.");
        })));
        await using var client = await hub.ConnectAsync();

        Assert.Equal((3000, "No seat is free."), await client.ReceiveCloseAsync());
        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Compression_WhereOffered_CompressesLargeMessagesForThoseWhoTookIt()
    {
        await using var hub = await StartAsync();
        await using var plain = await hub.JoinAsync();
        await using var sender = await hub.JoinAsync(options: Deflate);
        await using var receiver = await hub.JoinAsync(options: Deflate);
        var text = string.Concat(Enumerable.Repeat("kodama ", 10_000));

        await sender.SendAsync(text);
        Assert.Equal(text, await plain.ReceiveTextAsync());
        Assert.Equal(text, await receiver.ReceiveTextAsync());
        await sender.SendAsync("short");
        Assert.Equal("short", await receiver.ReceiveTextAsync());
        Assert.NotSame(plain.Peer!.Encoder, receiver.Peer!.Encoder);

        static void Deflate(ClientWebSocketOptions options) => options.DangerousDeflateOptions = new WebSocketDeflateOptions();
    }

    [Fact]
    public async Task Compression_OfPeersWithSmallWindows_HasOneFormatForAllOfThem()
    {
        await using var hub = await StartAsync();
        await using var full = await hub.JoinAsync(options: o => Deflate(o, 15));
        await using var small = await hub.JoinAsync(options: o => Deflate(o, 9));
        await using var smaller = await hub.JoinAsync(options: o => Deflate(o, 14));
        var random = new Random(9);
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(_ => $"kodama {random.Next(100)} "));

        await full.SendAsync(text);
        Assert.Equal(text, await small.ReceiveTextAsync());
        Assert.Equal(text, await smaller.ReceiveTextAsync());
        await small.SendAsync(text);
        Assert.Equal(text, await full.ReceiveTextAsync());
        Assert.Same(small.Peer!.Encoder, smaller.Peer!.Encoder);
        Assert.NotSame(full.Peer!.Encoder, small.Peer!.Encoder);

        static void Deflate(ClientWebSocketOptions options, int bits) =>
            options.DangerousDeflateOptions = new WebSocketDeflateOptions { ServerMaxWindowBits = bits, ClientMaxWindowBits = bits };
    }

    [Fact]
    public async Task Subprotocol_OfSeveral_IsTheFirst()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.ConnectAsync("/ws", o =>
        {
            o.AddSubProtocol("chat.v2");
            o.AddSubProtocol("chat.v1");
        });

        Assert.Equal("chat.v2", client.Socket.SubProtocol);
    }

    [Fact]
    public async Task Stop_WithPeers_SendsWhatWaitsAndThen1001()
    {
        await using var hub = await StartAsync();
        var clients = new List<TestPeer>();
        for (var i = 0; i < 5; i++) clients.Add(await hub.JoinAsync());
        var text = new string('x', 100_000);
        for (var i = 0; i < 20; i++) hub.Hub.Send(text);

        var stopping = hub.StopAsync();
        foreach (var client in clients)
        {
            for (var i = 0; i < 20; i++) Assert.Equal(text.Length, (await client.ReceiveTextAsync()).Length);
            Assert.Equal((1001, CloseReason.GoingAway.Text), await client.ReceiveCloseAsync());
        }
        await stopping;

        Assert.Equal(0, hub.Connections.Count);
        Assert.DoesNotContain(hub.Log.Entries, e => e.Id.Id == 223);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WithAPeerThatDoesNotAnswer_EndsAtTheDeadline()
    {
        await using var hub = await StartAsync(o => o.StopTimeout = TimeSpan.FromMilliseconds(200));
        await using var silent = await hub.JoinAsync();

        await hub.StopAsync();

        Assert.Equal(0, hub.Hub.PeerCount);
        Assert.Contains(hub.Log.Entries, e => e.Id.Id == 223);
        await Deadline.UntilAsync(() => hub.Connections.Count == 0);
    }

    [Fact]
    public async Task Peer_ThatIsAborted_IsGoneThoughItSaysNothing()
    {
        await using var hub = await StartAsync();
        await using var silent = await hub.JoinAsync();

        hub.Connections.Abort();

        await hub.EmptiesAsync();
        await Assert.ThrowsAnyAsync<WebSocketException>(silent.ReceiveAsync);
    }

    [Fact]
    public async Task Messages_OfRacingSenders_ReachAllInOneOrderOnce()
    {
        const int Senders = 4;
        const int Each = 200;
        await using var hub = await StartAsync(o => o.Echo = true);
        var clients = new List<TestPeer>();
        for (var i = 0; i < Senders; i++) clients.Add(await hub.JoinAsync());

        var sending = clients.Select((client, s) => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await client.SendAsync($"{s}:{i}");
        })).ToList();
        var heard = await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            var all = new List<string>();
            for (var i = 0; i < Senders * Each; i++) all.Add(await client.ReceiveTextAsync());
            return all;
        }))).Within();
        await Task.WhenAll(sending);

        Assert.All(heard, h => Assert.Equal(heard[0], h));
        for (var s = 0; s < Senders; s++)
        {
            Assert.Equal(
                Enumerable.Range(0, Each).Select(i => $"{s}:{i}"),
                heard[0].Where(m => m.StartsWith($"{s}:", StringComparison.Ordinal)));
        }
        foreach (var client in clients) await client.DisposeAsync();
    }

    private protected abstract Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null);

    private protected static async Task<HubEvent> ReadAsync(HubWatcher watcher, HubEventKind kind)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var happened in watcher.WithCancellation(deadline.Token))
        {
            if (happened.Kind == kind) return happened;
        }
        throw new InvalidOperationException("The watcher ended.");
    }
}
