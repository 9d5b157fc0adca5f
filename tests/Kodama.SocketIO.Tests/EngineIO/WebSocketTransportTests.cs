using Kodama.Testing;
using Kodama.WebSockets;

namespace Kodama.SocketIO.Tests;

public sealed class WebSocketTransportTests
{
    [Fact]
    public async Task Echo_OfTextAndBytes_ComesBackAlike()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync(
            [.. RawFrame.OfText("4hällo"), .. RawFrame.Masked(RawFrame.BinaryOpcode, [1, 2, 3]), .. RawFrame.OfText("bBAUG")]);

        Assert.Equal("4hällo", await client.ReadTextAsync());
        Assert.Equal([1, 2, 3], (await client.ReadFrameAsync())!.Payload);
        Assert.Equal([4, 5, 6], (await client.ReadFrameAsync())!.Payload);
    }

    [Fact]
    public async Task Message_BeforeAClose_IsEchoedBeforeItsAnswer()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync([.. RawFrame.OfText("4hello"), .. RawFrame.Masked(RawFrame.PingOpcode, "p"u8), .. RawFrame.OfClose(1000)]);

        Assert.Equal("4hello", await client.ReadTextAsync());
        Assert.Equal(RawFrame.PongOpcode, (await client.ReadFrameAsync())!.Opcode);
        Assert.Equal(1000, (await client.ReadFrameAsync())!.CloseCode);
        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Messages_BehindTheHandshake_AreHandled()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);

        var head = client.UpgradeHead($"{TestEngine.Path}?EIO=4&transport=websocket");
        await client.SendAsync([.. System.Text.Encoding.ASCII.GetBytes(head), .. RawFrame.OfText("4early")]);

        Assert.StartsWith("HTTP/1.1 101", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal("4early", await client.ReadTextAsync());
    }

    // Whatever a client says of itself: it has broken no rule here.
    [Theory]
    [InlineData(CloseCodes.Normal)]
    [InlineData(CloseCodes.ProtocolError)]
    [InlineData(CloseCodes.MessageTooBig)]
    [InlineData(CloseCodes.InternalError)]
    public async Task Client_Closing_EndsTheSession(ushort code)
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync(RawFrame.OfClose(code));

        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Client_Vanishing_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        client.Reset();

        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
        await Deadline.UntilAsync(() => engine.Connections.Count == 0);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Server_Closing_SendsWhatWaitsAndAnEmptyCloseFrame()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        engine.Handler.Send("last");
        engine.Handler.Session.Close();

        Assert.Equal("4last", await client.ReadTextAsync());
        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await client.SendAsync(RawFrame.Masked(RawFrame.CloseOpcode, []));
        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
    }

    [Theory]
    [InlineData("abc", DisconnectReason.ParseError)]
    [InlineData("", DisconnectReason.ParseError)]
    [InlineData("b?", DisconnectReason.ParseError)]
    [InlineData("2", DisconnectReason.TransportError)]
    [InlineData("2probe", DisconnectReason.TransportError)]
    public async Task Packet_Wrong_EndsTheSession(string packet, string reason)
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync([.. RawFrame.OfText("4before"), .. RawFrame.OfText(packet), .. RawFrame.OfText("4after")]);

        await client.ReadCloseAsync();
        Assert.Equal("before", await engine.Handler.ReceiveAsync());
        Assert.Equal(reason, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("3")]
    [InlineData("3probe")]
    [InlineData("5")]
    [InlineData("6")]
    public async Task Packet_OfNoConcern_IsIgnored(string packet)
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync([.. RawFrame.OfText(packet), .. RawFrame.OfText("4x")]);

        Assert.Equal("4x", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Message_TooLarge_Closes1009()
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxHttpBufferSize = 1000);
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync(RawFrame.OfText("4" + new string('x', 999)));
        Assert.Equal(1000, (await client.ReadTextAsync()).Length);
        await client.SendAsync(RawFrame.OfText("4" + new string('x', 1000)));

        Assert.Equal(CloseCodes.MessageTooBig, (await client.ReadCloseAsync()).CloseCode);
        await client.DisposeAsync();
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Handler_ThatFails_Closes1011()
    {
        await using var engine = await TestEngine.StartAsync(prepare: h => h.OnText = _ => throw new InvalidOperationException("broken"));
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync(RawFrame.OfText("4x"));

        Assert.Equal(CloseCodes.InternalError, (await client.ReadCloseAsync()).CloseCode);
        await client.DisposeAsync();
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Sid_OfASessionThatBeganAsWebSocket_CannotBeTakenOver()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await using var other = await engine.ConnectAsync(TestEngine.WebSocket(engine.Handler.Session.Id));

        Assert.Empty((await other.ReadCloseAsync()).Payload);
        await client.SendAsync(RawFrame.OfText("4x"));
        Assert.Equal("4x", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Compression_IsNegotiatedWithTheOptionOnly()
    {
        const string Offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        await using var without = await TestEngine.StartAsync();
        await using var plain = await RawClient.ConnectAsync(without.Http);
        Assert.DoesNotContain(
            "Extensions", await plain.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket", Offer), StringComparison.Ordinal);
        Assert.False(without.Handler.Session.TakesDeflated);

        await using var with = await TestEngine.StartAsync(o => o.PerMessageDeflate = new());
        await using var deflated = await RawClient.ConnectAsync(with.Http);
        Assert.Contains(
            "permessage-deflate",
            await deflated.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket", Offer),
            StringComparison.Ordinal);
        Assert.True(with.Handler.Session.TakesDeflated);

        // A small window is agreed to, and kept by compressing nothing.
        await using var small = await TestEngine.StartAsync(o => o.PerMessageDeflate = new());
        await using var narrow = await RawClient.ConnectAsync(small.Http);
        const string SmallWindow = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n";
        var answer = await narrow.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket", SmallWindow);
        Assert.Contains("server_max_window_bits=9", answer, StringComparison.Ordinal);
        Assert.False(small.Handler.Session.TakesDeflated);
    }

    [Fact]
    public async Task Reads_AreToldOncePerRead()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();

        await client.SendAsync([.. RawFrame.OfText("4a"), .. RawFrame.OfText("4b"), .. RawFrame.OfText("4c")]);
        for (var i = 0; i < 3; i++) await client.ReadTextAsync();

        await Deadline.UntilAsync(() => engine.Handler.Reads == 1);
        await client.SendAsync(RawFrame.OfText("3"));
        await client.SendAsync(RawFrame.OfText("4d"));
        await client.ReadTextAsync();
        await Deadline.UntilAsync(() => engine.Handler.Reads == 2);
    }
}
