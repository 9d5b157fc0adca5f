using System.Net;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class V3Tests
{
    [Fact]
    public async Task Polling_CountsCharacters()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true);
        var open = await engine.GetTextAsync("EIO=3&transport=polling&b64=1");
        Assert.StartsWith("118:0{\"sid\":", open, StringComparison.Ordinal);
        var query = $"EIO=3&transport=polling&b64=1&sid={engine.Handler.Session.Id}";

        using var posted = await engine.Client.PostAsync($"{TestEngine.Path}?{query}", new StringContent("3:4😀6:b4AQID")).Within();
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());

        Assert.Equal("3:4😀6:b4AQID", await engine.GetTextAsync(query));
    }

    [Fact]
    public async Task Polling_WithBytes_IsBinary()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true);
        await engine.GetTextAsync("EIO=3&transport=polling");
        var query = $"EIO=3&transport=polling&sid={engine.Handler.Session.Id}";

        using var content = new ByteArrayContent([0, 2, 255, (byte)'4', (byte)'a', 1, 3, 255, 4, 1, 2])
        {
            Headers = { { "Content-Type", "application/octet-stream" } },
        };
        using var posted = await engine.Client.PostAsync($"{TestEngine.Path}?{query}", content).Within();
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());

        using var response = await engine.GetAsync(query);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal([0, 2, 255, (byte)'4', (byte)'a', 1, 3, 255, 4, 1, 2], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task WebSocket_BytesHaveAType()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true);
        await using var client = await engine.OpenWebSocketAsync("EIO=3&transport=websocket");

        await client.SendAsync(RawFrame.Masked(RawFrame.BinaryOpcode, [4, 1, 2]));

        Assert.Equal("b0102", await engine.Handler.ReceiveAsync());
        Assert.Equal([4, 1, 2], (await client.ReadFrameAsync())!.Payload);
    }

    [Fact]
    public async Task Polling_ClosedByTheClient_LetsTheGetGo()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true);
        await engine.GetTextAsync("EIO=3&transport=polling");
        var query = $"EIO=3&transport=polling&sid={engine.Handler.Session.Id}";
        var poll = engine.GetTextAsync(query);
        await Deadline.UntilAsync(() => engine.Handler.Session.IsWritable);

        using var posted = await engine.Client.PostAsync($"{TestEngine.Path}?{query}", new StringContent("1:1")).Within();

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        Assert.Equal("1:6", await poll);
        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
    }
}
