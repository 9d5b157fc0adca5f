using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1HelloTests
{
    [Fact]
    public async Task Hello_OfANewClient_TellsWhatItNeeds()
    {
        await using var hub = await TestHub.StartAsync(o => o.PingInterval = TimeSpan.FromSeconds(7));
        await using var client = await V1Client.GreetAsync(hub);

        Assert.Equal("kodama.v1", client.Peer.Socket.SubProtocol);
        Assert.Equal("kodama.v1", client.Hello.GetProperty("protocol").GetString());
        Assert.Equal(hub.Hub.Id, client.Hello.GetProperty("hub").GetString());
        Assert.False(client.Hello.GetProperty("resumed").GetBoolean());
        Assert.Equal(7000, client.Hello.GetProperty("ping").GetInt32());
        Assert.Equal(1024 * 1024, client.Hello.GetProperty("limits").GetProperty("frame").GetInt32());
        var peer = Assert.Single(hub.Hub.Peers);
        Assert.Equal((client.Hello.GetProperty("peer").GetString(), client.Id, "kodama.v1"), (peer.Id, peer.Session, peer.Door));
        Assert.Equal("Yui", peer.Details["name"]);
    }

    [Fact]
    public async Task Hello_WithTheSecret_ResumesTheSessionAndClosesTheOlderConnection()
    {
        await using var hub = await TestHub.StartAsync();
        await using var older = await V1Client.GreetAsync(hub);
        await using var newer = await older.ComeBackAsync(hub);

        Assert.True(newer.Hello.GetProperty("resumed").GetBoolean());
        Assert.Equal(older.Id, newer.Id);
        Assert.Equal(4002, (await older.Peer.ReceiveCloseAsync()).Code);
        Assert.Equal("ok", (await newer.DoAsync(new { type = "ping" })).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Hello_WithAnotherSecret_TakesOverNothing(string secret)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await using var thief = await V1Client.GreetAsync(hub, session: JsonSerializer.SerializeToElement(new { id = yui.Id, secret }));

        Assert.False(thief.Hello.GetProperty("resumed").GetBoolean());
        Assert.NotEqual(yui.Id, thief.Id);
        await yui.DoAsync(new { type = "ping" });
    }

    [Theory]
    [InlineData("""{"type":"join","room":"lounge"}""")]
    [InlineData("""{"type":"hello","session":7}""")]
    [InlineData("hello")]
    [InlineData("")]
    public async Task FirstFrame_ThatIsNoHello_Is4400(string frame)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await V1Client.ConnectAsync(hub);

        await client.Peer.SendAsync(frame);

        Assert.Equal(4400, (await client.Peer.ReceiveCloseAsync()).Code);
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task FirstFrame_ThatIsBinary_Is4400()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await V1Client.ConnectAsync(hub);

        await client.Peer.SendAsync("""{"type":"hello"}"""u8.ToArray());

        Assert.Equal(4400, (await client.Peer.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Hello_ThatDoesNotCome_Is4408()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var silent = await V1Client.ConnectAsync(hub);
        await using var greeted = await V1Client.GreetAsync(hub);

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(4408, (await silent.Peer.ReceiveCloseAsync()).Code);
        await greeted.DoAsync(new { type = "ping" });
    }

    [Fact]
    public async Task Hello_OfTheHub_ComesBeforeWhatTheProgramSays()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.OnConnected(peer => peer.Send("Welcome.")));
        await using var client = await V1Client.GreetAsync(hub);

        var welcome = await client.NextAsync();

        Assert.Equal("Welcome.", welcome["text"]);
        Assert.Null(welcome["from"]);
        Assert.Null(welcome["room"]);
        Assert.Null(welcome["offset"]);
    }

    [Fact]
    public async Task Client_ThatAValidatorRefuses_IsToldAfterItsHello()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.Validate(peer => peer.Details.ContainsKey("team"), "Tell your team."));
        await using var client = await V1Client.ConnectAsync(hub);

        await client.SendAsync(new { type = "hello" });

        Assert.Equal((3000, "Tell your team."), await client.Peer.ReceiveCloseAsync());
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task Client_ThatGoesWhileAValidatorThinks_LeavesNothing()
    {
        var asked = new TaskCompletionSource();
        await using var hub = await TestHub.StartAsync(o => o.Rules.Validators.Add(new LambdaValidator(async (_, cancellationToken) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return PeerVerdict.Accepted;
        })));
        var client = await V1Client.ConnectAsync(hub);
        await client.SendAsync(new { type = "hello" });
        await asked.Task.Within();

        hub.Connections.Abort();

        await hub.EmptiesAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Handshake_WithARoomInItsPath_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        Assert.StartsWith(
            "HTTP/1.1 400 ", await client.UpgradeAsync("/ws/lounge", "Sec-WebSocket-Protocol: kodama.v1\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handshake_WithOtherSubprotocolsAndCompression_IsOfKodamaV1Alone()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        var head = await client.UpgradeAsync(
            "/ws", "Sec-WebSocket-Protocol: chat, kodama.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");

        Assert.Contains("Sec-WebSocket-Protocol: kodama.v1\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("permessage-deflate", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Handshake_OfMoreClientsThanMayBe_WaitsForNoHelloOfTheirs()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxPeers = 1);
        await using var first = await V1Client.ConnectAsync(hub);
        await using var second = await hub.RawAsync();
        Assert.StartsWith(
            "HTTP/1.1 503 ", await second.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n"), StringComparison.Ordinal);

        await first.SendAsync(new { type = "hello" });
        await first.ReceiveAsync();
        await using var third = await hub.RawAsync();

        Assert.StartsWith(
            "HTTP/1.1 101 ", await third.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n"), StringComparison.Ordinal);
    }
}
