using System.Net.WebSockets;
using System.Text.RegularExpressions;

namespace Kodama.Samples.Tests;

public sealed partial class EchoServerTests
{
    [Fact]
    public async Task EchoServer_Text_ComesBackMarked()
    {
        await using var sample = await SampleProcess.StartAsync("EchoServer", "0");
        using var client = await TextClient.ConnectAsync(sample.WebSocketAddress("ws"));

        await client.SendAsync("木霊");

        Assert.Equal("ECHO: 木霊", await client.ReceiveAsync());
    }

    [Fact]
    public async Task EchoServer_ConnectAndDisconnect_PrintsTheSameId()
    {
        await using var sample = await SampleProcess.StartAsync("EchoServer", "0");
        using var client = await TextClient.ConnectAsync(sample.WebSocketAddress("ws"));

        var connected = Connected().Match(await sample.PrintsAsync(Connected()));
        await client.CloseAsync();
        var disconnected = Disconnected().Match(await sample.PrintsAsync(Disconnected()));

        Assert.Equal(connected.Groups[1].Value, disconnected.Groups[1].Value);
        Assert.Equal("1000", disconnected.Groups[2].Value);
    }

    [Fact]
    public async Task EchoServer_Terminated_SaysGoodbyeAndExitsCleanly()
    {
        await using var sample = await SampleProcess.StartAsync("EchoServer", "0");
        using var client = await TextClient.ConnectAsync(sample.WebSocketAddress("ws"));

        var stopping = sample.StopAsync();
        Assert.Null(await client.ReceiveAsync());
        await client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        Assert.Equal(0, await stopping);
    }

    [GeneratedRegex("^([A-Za-z0-9_-]{22}) connected from 127.0.0.1$")]
    private static partial Regex Connected();

    [GeneratedRegex(@"^([A-Za-z0-9_-]{22}) disconnected \((\d+)\)$")]
    private static partial Regex Disconnected();
}
