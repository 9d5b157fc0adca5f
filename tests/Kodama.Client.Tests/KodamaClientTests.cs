using System.Text.Json;
using System.Text.Json.Serialization;
using Kodama.Testing;

namespace Kodama.Client.Tests;

public sealed partial class KodamaClientTests
{
    [Fact]
    public async Task Client_Text_ComesBackFromAnEchoingHub()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();

        await client.SendAsync("木霊").Within();

        var message = await client.ReceiveAsync();
        Assert.True(message.IsText);
        Assert.Equal("木霊", message.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(300_000)]
    [InlineData(1024 * 1024)]
    public async Task Client_BinaryOfAnySize_ComesBackAsItWas(int size)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);

        await client.SendAsync(bytes).Within();

        var message = await client.ReceiveAsync();
        Assert.False(message.IsText);
        Assert.Equal(bytes, message.Bytes.ToArray());
    }

    [Fact]
    public async Task Client_Json_IsWrittenAndReadByItsMetadata()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();

        await client.SendAsync(new Move(3, -4), Json.Default.Move).Within();

        var message = await client.ReceiveAsync();
        Assert.Equal("""{"X":3,"Y":-4}""", message.Text);
        Assert.Equal(new Move(3, -4), message.As(Json.Default.Move));
        Assert.Throws<JsonException>(() => message.As(Json.Default.Int32Array));
    }

    [Fact]
    public async Task Client_Message_IsSentOnAsItCame()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        await client.SendAsync("hello").AsTask().Within();
        await client.SendAsync(new byte[] { 1, 2 }).AsTask().Within();

        for (var i = 0; i < 2; i++) await client.SendAsync(await client.ReceiveAsync()).AsTask().Within();

        var text = await client.ReceiveAsync();
        Assert.Equal(("hello", true), (text.Text, text.IsText));
        var bytes = await client.ReceiveAsync();
        Assert.False(bytes.IsText);
        Assert.Equal([1, 2], bytes.Bytes.ToArray());
    }

    [Fact]
    public async Task Client_Headers_AreSentWithTheHandshake()
    {
        await using var hub = await TestHub.StartAsync(
            o => o.Authenticators.Add(new Server.HeaderAuthenticator("X-Key", "maple", "cedar")));
        await using var client = await KodamaClient.ConnectAsync(hub.Address, new() { Headers = { ["x-key"] = "cedar" } }).Within();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address, new() { Headers = { ["x-key"] = "maple" } }).Within();

        var refused = await Assert.ThrowsAsync<HubRefusedException>(
            () => KodamaClient.ConnectAsync(hub.Address, new() { Headers = { ["x-key"] = "oak" } }).Within());

        Assert.Equal((403, "The header X-Key is wrong."), (refused.StatusCode, refused.Reason));
    }

    [Fact]
    public async Task Client_Event_IsReadWithItsArguments()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        (await hub.PeerAsync()).Send("move", Payload.Arguments("""[1,{"_placeholder":true,"num":0}]"""u8.ToArray(), [new byte[] { 7, 8 }]));

        Assert.True((await client.ReceiveAsync()).TryReadEvent(out var received));

        Assert.Equal("move", received.Event);
        Assert.Equal(1, received.Arguments[0].GetInt32());
        Assert.True(received.TryGetBytes(1, out var bytes));
        Assert.Equal([7, 8], bytes);
        Assert.False(received.TryGetBytes(0, out _));
        Assert.False(received.TryGetBytes(2, out _));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"event":"move"}""")]
    [InlineData("""{"event":1,"args":[]}""")]
    [InlineData("""{"event":"move","args":{}}""")]
    [InlineData("""{"event":"move","args":[],"more":1}""")]
    [InlineData("""{"event":"move","args":[]}{}""")]
    [InlineData("{}")]
    [InlineData("{,}")]
    public void Message_ThatIsNoEvent_IsNotReadAsOne(string text) =>
        Assert.False(new HubMessage(System.Text.Encoding.UTF8.GetBytes(text), isText: true).TryReadEvent(out _));

    [Fact]
    public async Task Client_RoomDetailsAndToken_ReachTheHub()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        var options = new KodamaClientOptions { Room = "a/b 木", Token = "secret", Details = { ["name"] = "Yui & Ren", ["色"] = "緑" } };
        await using var client = await KodamaClient.ConnectAsync(new Uri(hub.Address, "?floor=2"), options).Within();

        var peer = await hub.PeerAsync();

        Assert.Equal("a/b 木", peer.Room!.Name);
        Assert.Equal("Yui & Ren", peer.Details["name"]);
        Assert.Equal("緑", peer.Details["色"]);
        Assert.Equal("2", peer.Details["floor"]);
    }

    [Fact]
    public async Task Client_JustDetails_ReachTheHub()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address.Authority, new() { Details = { ["name"] = "Yui" } }).Within();

        Assert.Equal("Yui", (await hub.PeerAsync()).Details["name"]);
    }

    [Fact]
    public async Task Client_Disposed_SaysGoodbyeAndEndsItsMessages()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        using var watcher = hub.Hub.Watch(new WatchOptions { Kinds = HubEventKind.Leave });

        await client.DisposeAsync().AsTask().Within();

        var (texts, end) = await client.ReceiveAllAsync();
        Assert.Empty(texts);
        Assert.Null(end);
        Assert.Equal(new ClientStatus.Closed(null), client.Status);
        await hub.EmptiesAsync();
        await client.DisposeAsync().AsTask().Within();
    }

    [Fact]
    public async Task Client_Closed_StillGivesWhatCameBeforeTheGoodbye()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        foreach (var text in (string[])["0", "1", "2"]) await peer.SendMessageAsync(text);

        var closing = client.CloseAsync();
        Assert.Equal(1000, (await peer.ReadFrameAsync())!.CloseCode);
        await peer.SendMessageAsync("3");
        await peer.SendCloseAsync(1000);
        Assert.True(await closing.Within());

        Assert.Equal(["0", "1", "2", "3"], (await client.ReceiveAllAsync()).Texts);
    }

    [Fact]
    public async Task Close_HubThatAnswers_SaysSoAndSaysItAgain()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await KodamaClient.ConnectAsync(hub.Address).Within();

        Assert.True(await client.CloseAsync().Within());
        Assert.True(await client.CloseAsync().Within());
    }

    [Fact]
    public async Task Close_GoodbyeOfTheHubThatCrosses_IsNoAnswer()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        var closing = client.CloseAsync();
        Assert.Equal(1000, (await peer.ReadFrameAsync())!.CloseCode);
        await peer.SendCloseAsync(1001);
        peer.Dispose();

        Assert.False(await closing.Within());
    }

    [Fact]
    public async Task Close_NoConnection_HasNoAnswer()
    {
        await using var client = KodamaClient.Create("Lounge");

        Assert.False(await client.CloseAsync().Within());
    }

    [Fact]
    public async Task Client_LinkWithAToken_ComesInAndShowsItToNobody()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "s3cret");
        await using var client = await KodamaClient.ConnectAsync(new Uri(hub.Address, "?floor=2&token=s3cret")).Within();

        Assert.Equal(new Uri($"ws://{hub.Address.Authority}/ws"), Assert.IsType<ClientStatus.Connected>(client.Status).Address);
        Assert.Equal("2", (await hub.PeerAsync()).Details["floor"]);
    }

    [Fact]
    public async Task Client_SendAfterClose_SaysSo()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        await client.CloseAsync().Within();

        var refused = await Assert.ThrowsAsync<NotConnectedException>(() => client.SendAsync("late").AsTask());
        Assert.Contains("closed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_SecondReaderAtOnce_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        await using var first = client.Messages.GetAsyncEnumerator();
        var waiting = first.MoveNextAsync();
        await using var second = client.Messages.GetAsyncEnumerator();

        await Assert.ThrowsAsync<InvalidOperationException>(() => second.MoveNextAsync().AsTask());

        await client.SendAsync("x").Within();
        Assert.True(await waiting.Within());
    }

    [Fact]
    public async Task Messages_ReaderThatLeaves_LetsTheNextGoOn()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();
        await client.SendAsync("1").Within();
        await client.SendAsync("2").Within();

        Assert.Equal("1", await client.ReceiveTextAsync());
        Assert.Equal("2", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Client_StartedTwice_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = KodamaClient.Create(hub.Address);
        await client.StartAsync().Within();

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.StartAsync());
    }

    [Fact]
    public async Task Client_NeverStarted_CanBeDisposed()
    {
        var client = KodamaClient.Create("Lounge");
        await client.DisposeAsync().AsTask().Within();

        Assert.Equal(new ClientStatus.Closed(null), client.Status);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.StartAsync());
    }

    internal sealed record Move(int X, int Y);

    [JsonSerializable(typeof(Move))]
    [JsonSerializable(typeof(int[]))]
    internal sealed partial class Json : JsonSerializerContext;
}
