using System.Net.WebSockets;

namespace Kodama.Samples.Tests;

public sealed class LineDoorTests
{
    private const string Usage = "! join ROOM [TOKEN], leave ROOM, say ROOM TEXT";

    [Fact]
    public async Task LineDoor_MeetsTheRawDoorInARoom()
    {
        await using var sample = await SampleProcess.StartAsync("LineDoor", "0");
        using var lines = await TextClient.ConnectAsync(sample.WebSocketAddress("lines?name=Yui"));
        using var raw = await TextClient.ConnectAsync(sample.WebSocketAddress("ws/tea"));
        Assert.Equal(Usage, await lines.ReceiveAsync());

        await lines.SendAsync("join tea");
        Assert.Equal("+ tea", await lines.ReceiveAsync());
        await lines.SendAsync("say tea a cup of it");
        Assert.Equal("a cup of it", await raw.ReceiveAsync());
        await raw.SendAsync("hello");
        Assert.Equal("tea hello", await lines.ReceiveAsync());
        await lines.SendAsync("leave tea");
        Assert.Equal("- tea", await lines.ReceiveAsync());
        await lines.SendAsync("say tea more");
        Assert.Equal("! tea: join it first", await lines.ReceiveAsync());
    }

    [Fact]
    public async Task LineDoor_RoomWithAToken_IsForWhoHasIt()
    {
        await using var sample = await SampleProcess.StartAsync("LineDoor", "0");
        using var lines = await TextClient.ConnectAsync(sample.WebSocketAddress("lines"));
        Assert.Equal(Usage, await lines.ReceiveAsync());

        foreach (var line in (string[])["join vip", "join vip cedar", "join vip maple"]) await lines.SendAsync(line);

        Assert.Equal("! vip: Refused", await lines.ReceiveAsync());
        Assert.Equal("! vip: Refused", await lines.ReceiveAsync());
        Assert.Equal("+ vip", await lines.ReceiveAsync());
    }

    [Fact]
    public async Task LineDoor_IsGuardedAndStoppedLikeTheOthers()
    {
        await using var sample = await SampleProcess.StartAsync("LineDoor", "0");
        using var http = new HttpClient { BaseAddress = sample.Address };
        using var deadline = Deadline.Source();
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "lines");
        foreign.Headers.Host = "evil.example";
        foreign.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        foreign.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        foreign.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        foreign.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var lines = await TextClient.ConnectAsync(sample.WebSocketAddress("lines"));
        Assert.Equal(Usage, await lines.ReceiveAsync());

        using var refused = await http.SendAsync(foreign, deadline.Token);
        using var plain = await http.GetAsync(new Uri("lines", UriKind.Relative), deadline.Token);
        var stopping = sample.StopAsync();

        Assert.Contains("HOST_NOT_ALLOWED", await refused.Content.ReadAsStringAsync(deadline.Token), StringComparison.Ordinal);
        Assert.Equal(426, (int)plain.StatusCode);
        Assert.Null(await lines.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)1001, lines.CloseStatus);
        await lines.CloseAsync();
        Assert.Equal(0, await stopping);
    }
}
