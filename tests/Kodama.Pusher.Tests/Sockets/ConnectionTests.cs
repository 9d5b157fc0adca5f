using System.Net.WebSockets;
using System.Text;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Connections.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task C1_Connection_IsEstablished(int protocol)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol={protocol}");

        var text = await client.ReadTextAsync();

        const string Data = """\{\\"socket_id\\":\\"\d+\.\d+\\",\\"activity_timeout\\":120\}""";
        Assert.Matches($$"""^\{"event":"pusher:connection_established","data":"{{Data}}"\}$""", text);
        Assert.Empty(Assert.Single(server.Hub.Peers).Details);
    }

    [Theory]
    [InlineData("/app/nobody?protocol=7", 4001)]
    [InlineData("/app/garden-key", 4008)]
    [InlineData("/app/garden-key?protocol=", 4008)]
    [InlineData("/app/garden-key?protocol=seven", 4006)]
    [InlineData("/app/garden-key?protocol=3", 4007)]
    [InlineData("/app/garden-key?protocol=8", 4007)]
    [InlineData("/app/off-key?protocol=7", 4003)]
    [InlineData("/app/full-key?protocol=7", 4004)]
    public async Task C2_WhoIsRefused_IsToldByEventAndByCloseCode(string address, int code)
    {
        await using var server = await PusherServer.StartAsync(options =>
        {
            options.Apps.Add(new PusherApp { Id = "2", Key = "off-key", Secret = "x", Enabled = false });
            options.Apps.Add(new PusherApp { Id = "3", Key = "full-key", Secret = "x", MaxConnections = 0 });
        });
        await using var client = await PusherClient.OpenAsync(server.Url, address);

        var error = await client.ExpectAsync("pusher:error");

        Assert.Equal(code, error.DataJson.GetProperty("code").GetInt32());
        Assert.Null(await client.ReadAsync());
        Assert.Equal(code, client.CloseCode);
        Assert.Equal(0, server.Hub.PeerCount);
    }

    [Fact]
    public async Task C2_MaxConnections_CountsThoseThatAreThere()
    {
        await using var server = await PusherServer.StartAsync(options => options.Apps[0].MaxConnections = 1);
        var first = await server.ConnectAsync();
        await using (var second = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol=7"))
        {
            await second.ExpectAsync("pusher:error");
        }

        await first.DisposeAsync();
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);

        // The place is free when the connection has ended, a moment after its peer has gone.
        var came = false;
        for (var i = 0; i < 100 && !came; i++)
        {
            await using var third = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol=7");
            came = (await third.ReadAsync())!.Event == "pusher:connection_established";
        }
        Assert.True(came);
    }

    [Fact]
    public async Task A1_Key_StandsForTheToken_AndOtherAuthenticatorsAreAsked()
    {
        await using var open = await PusherServer.StartAsync(hub: options => options.Token = "maple");
        await using var client = await open.ConnectAsync();
        await client.ExpectNothingAsync();

        await using var closed = await PusherServer.StartAsync(hub: options =>
            options.Authenticators.Add(Server.Authenticator.Create(_ => Server.AuthenticationResult.Refuse("No."))));
        await Assert.ThrowsAsync<WebSocketException>(() => closed.ConnectAsync());
    }

    [Fact]
    public async Task C3_WhoIsRefusedByAValidator_GetsACodeThatItsClientHeeds()
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Rules.Validate(_ => false, "Nobody today."));
        await using var client = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol=7");

        Assert.Null(await client.ReadAsync());

        Assert.Equal(4009, client.CloseCode);
    }

    [Fact]
    public async Task C3_FullHub_GetsACodeAfterWhichItsClientComesAgain()
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.MaxPeers = 1);
        await using var first = await server.ConnectAsync();
        await using var client = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol=7");

        Assert.Null(await client.ReadAsync());

        Assert.Equal(4100, client.CloseCode);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task C3_Disconnect_IsToldAsAnEventBeforeProtocol6(int protocol, bool hasEvent)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync(protocol: protocol);

        Assert.Single(server.Hub.Peers).Disconnect();

        if (hasEvent) Assert.Equal(4009, (await client.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
        Assert.Null(await client.ReadAsync());
        Assert.Equal(4009, client.CloseCode);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task C3_WhoIsDisconnectedAsItComes_IsToldByAnEventBeforeProtocol6(int protocol, bool hasEvent)
    {
        await using var server = await PusherServer.StartAsync(
            hub: hub => hub.Rules.OnConnected(peer => peer.Disconnect(4321, "Not you.")));
        await using var client = await PusherClient.OpenAsync(server.Url, $"/app/{PusherServer.Key}?protocol={protocol}");

        await client.ExpectAsync("pusher:connection_established");
        if (hasEvent)
        {
            var told = (await client.ExpectAsync("pusher:error")).DataJson;
            Assert.Equal((4321, "Not you."), (told.GetProperty("code").GetInt32(), told.GetProperty("message").GetString()));
        }
        Assert.Null(await client.ReadAsync());
        Assert.Equal(4321, client.CloseCode);
    }

    [Fact]
    public async Task C3_WhoIsDisconnectedTwice_IsToldOnce()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync(protocol: 5);
        var peer = Assert.Single(server.Hub.Peers);

        peer.Disconnect(4321, "First.");
        peer.Disconnect(4322, "Second.");

        Assert.Equal(4321, (await client.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task C4_Ping_IsAnswered()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("""{"event":"pusher:ping","data":{}}""");

        Assert.Equal("""{"event":"pusher:pong","data":"{}"}""", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"event":5}""")]
    [InlineData("""{"channel":"x"}""")]
    [InlineData("""{"event":"client-x"} {}""")]
    [InlineData("""{"event":"\ud800"}""")]
    [InlineData("""{"ev\udc00ent":"x"}""")]
    [InlineData("""{"event":"pusher:made-up"}""")]
    [InlineData("""{"event":"message","channel":"news","data":{}}""")]
    [InlineData("""{"event":"pusher:subscribe"}""")]
    [InlineData("""{"event":"pusher:subscribe","data":"{"}""")]
    [InlineData("""{"event":"pusher:subscribe","data":"{\"channel\":\"\\ud800\"}"}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":5}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":""}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":"a b"}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":{"channel":"カフェ"}}""")]
    [InlineData("""{"event":"pusher:subscribe","data":[[[[]]]]}""")]
    [InlineData("""{"event":"pusher:signin","data":{}}""")]
    [InlineData("""{"event":"client-x"}""")]
    public async Task C6_WhatIsNoMessage_GetsAnError_AndTheConnectionStays(string text)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(text);

        var error = await client.ExpectAsync("pusher:error");
        Assert.NotEmpty(error.DataJson.GetProperty("message").GetString()!);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task C6_DeepJson_AndBytes_AreNoHarm()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync($$"""{"event":"client-x","data":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}""");
        await client.ExpectAsync("pusher:error");
        await client.SendBytesAsync(Encoding.UTF8.GetBytes("""{"event":"pusher:ping"}"""), WebSocketMessageType.Binary);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task C6_NameOfAnyLength_ComesBackShort()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{new string('x', 100_000)}}}"}}""");

        Assert.InRange((await client.ExpectAsync("pusher:error")).Data.Length, 1, 1000);
    }

    [Fact]
    public async Task Stop_EndsConnections_SoThatTheirClientsComeBack()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        var stopping = server.StopAsync();

        Assert.Null(await client.ReadAsync());
        Assert.Equal(1001, client.CloseCode);
        await client.DisposeAsync();
        await stopping.Within();
    }
}
