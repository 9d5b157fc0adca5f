using System.Net.WebSockets;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, Connections.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task C2_Connection_IsToldWhatItIs_AndHeartbeatsAreAnswered(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui", format);

        var details = client.Connected.GetProperty("connectionDetails");

        Assert.Equal(("yui", 65536, 15000), (details.GetProperty("clientId").GetString(), details.GetProperty("maxMessageSize").GetInt32(),
            details.GetProperty("maxIdleInterval").GetInt32()));
        Assert.StartsWith($"{client.Id}!", client.Key, StringComparison.Ordinal);
        await client.ExpectNothingAsync();
        var peer = Assert.Single(server.Hub.Peers);
        Assert.Equal(("ably", client.Id), (peer.Door, peer.Session));
        Assert.Equal([new("name", "yui")], peer.Details);
    }

    [Fact]
    public async Task C1_OldVersions_AreRefused()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await AblyClient.OpenAsync(server.Url, $"key={AblyServer.Key}&v=1".Replace("v=6&", "",
            StringComparison.Ordinal));

        // Of repeated parameters all count: the address has v=6 too.
        Assert.Equal(40000, await client.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Fact]
    public async Task C1_Root_IsStillTheHubs_ForWhoOpensNoWebSocket()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.Name = "Lounge");

        Assert.Equal("Lounge", (await server.SendAsync(HttpMethod.Get, "", null, null)).Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task C2_Heartbeats_ComeByThemselves()
    {
        var clock = new FakeClock();
        await using var server = await AblyServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync();

        var reading = client.ExpectHeartbeatAsync();
        await clock.AdvanceUntilAsync(() => reading.IsCompleted);

        await reading.Within();
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("recover")]
    public async Task C3_ItsKey_BringsAConnectionBack(string how)
    {
        await using var server = await AblyServer.StartAsync();
        await using var first = await server.ConnectAsync("clientId=yui");
        first.Abort();

        await using var second = await server.ConnectAsync($"clientId=yui&{how}={first.Key}");

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Key, second.Key);
        Assert.False(second.Connected.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!")]
    [InlineData("ID!AAAAAAAAAAAAAAAAAAAAAA.1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA!AAAAAAAAAAAAAAAAAAAAAA.1")]
    public async Task C3_ForgedKey_BringsNothingBack(string key)
    {
        await using var server = await AblyServer.StartAsync();
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync($"resume={key.Replace("ID", first.Id, StringComparison.Ordinal)}");

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(80018, second.Connected.GetProperty("error").GetProperty("code").GetInt32());
        await first.ExpectNothingAsync();
    }

    [Fact]
    public async Task C3_AnothersKey_BringsNothingBack()
    {
        await using var server = await AblyServer.StartAsync();
        await using var first = await server.ConnectAsync("clientId=yui");
        await using var second = await server.ConnectAsync($"clientId=ren&resume={first.Key}");

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(80018, second.Connected.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task C3_Resume_EndsTheOlderConnection()
    {
        await using var server = await AblyServer.StartAsync();
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync($"resume={first.Key}");

        // For good: two that have one key would else take the connection from each other for ever.
        Assert.Equal(40300, await first.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Null(await first.ReadAsync());
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task C3_KeyOfWhoBeganWithoutAName_IsForWhomItHasBecome_AndNobodyElse()
    {
        await using var server = await AblyServer.StartAsync();
        var anonymous = await server.TokenAsync();
        var (yui, ren) = (await server.TokenAsync("""{"clientId":"yui"}"""), await server.TokenAsync("""{"clientId":"ren"}"""));
        await using var first = await server.ConnectAsync($"access_token={anonymous}");
        await using (var early = await server.ConnectAsync($"access_token={yui}&resume={first.Key}"))
            Assert.Equal(80018, early.Connected.GetProperty("error").GetProperty("code").GetInt32());
        await first.SendAsync($$$"""{"action":17,"auth":{"accessToken":"{{{yui}}}"}}""");
        await first.ExpectAsync(ProtocolAction.Connected);

        await using var other = await server.ConnectAsync($"access_token={ren}&resume={first.Key}");
        Assert.Equal(80018, other.Connected.GetProperty("error").GetProperty("code").GetInt32());
        await using var again = await server.ConnectAsync($"access_token={yui}&resume={first.Key}");
        Assert.Equal(first.Id, again.Id);
    }

    [Fact]
    public async Task C2_WhatMayBeSaid_FitsIntoTheHubsFrames()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.MaxMessageSize = 16 * 1024);
        await using var client = await server.ConnectAsync();

        var size = client.Connected.GetProperty("connectionDetails").GetProperty("maxMessageSize").GetInt32();
        Assert.Equal(8 * 1024, size);
        await client.PublishAsync("tea", $$"""{"data":"{{new string('x', size)}}"}""");
        await client.ExpectAsync(ProtocolAction.Ack);
        await client.PublishAsync("tea", $$"""{"data":"{{new string('x', size + 1)}}"}""");
        Assert.Equal(40009, await client.ExpectErrorAsync(ProtocolAction.Nack));
    }

    [Fact]
    public async Task C4_Close_IsAnsweredByClosed()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("""{"action":7}""");

        await client.ExpectAsync(ProtocolAction.Closed);
        Assert.Null(await client.ReadAsync());
        Assert.Equal(1000, client.CloseCode);
    }

    [Fact]
    public async Task C5_WhatTheHubEnds_IsToldWhetherToComeBack()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.MaxPeers = 2);
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        await using var full = await AblyClient.OpenAsync(server.Url, $"key={AblyServer.Key}");
        Assert.Equal(50003, await full.ExpectErrorAsync(ProtocolAction.Disconnected));

        server.Hub.FindPeer(first.Id)!.Disconnect(4001, "No more tea.");
        Assert.Equal(40300, await first.ExpectErrorAsync(ProtocolAction.Error));

        var stopping = server.StopAsync();
        Assert.Equal(50003, await second.ExpectErrorAsync(ProtocolAction.Disconnected));
        await second.DisposeAsync();
        await stopping.Within();
    }

    [Theory]
    [InlineData("""nonsense""")]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""{"action":"15"}""")]
    public async Task C6_WhatIsNoProtocolMessage_EndsTheConnection(string text)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendBytesAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

        Assert.Equal(40000, await client.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task C6_UnknownActionsAndFields_ArePassedOver()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("""{"action":99,"channel":"tea"}""");
        await client.SendAsync("""{"action":-1}""");
        await client.SendAsync("""{"action":10,"channel":"tea","novel":{"a":[1]}}""");

        await client.ExpectAsync(ProtocolAction.Attached);
        await client.ExpectNothingAsync();
    }
}
