using System.Text;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Kodama.Server.Tests;

/// <summary>What comes before a request is whole: bounded in time and size by Kestrel, over this transport.</summary>
public sealed class SlowRequestTests
{
    [Fact]
    public async Task Head_ThatComesInDrips_IsEndedByTimeOut()
    {
        await using var hub = await TestHub.StartAsync(configure: Impatient);
        await using var client = await hub.RawAsync();
        var head = Encoding.ASCII.GetBytes(client.UpgradeHead("/ws"));

        var ended = client.WaitForEndAsync();
        using var drips = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            for (var i = 0; i < head.Length - 1 && !ended.IsCompleted; i++)
            {
                await client.SendAsync(new[] { head[i] });
                await drips.WaitForNextTickAsync();
            }
        }
        catch (IOException)
        {
            // Cut off, as it should be.
        }

        await ended.Within();
        Assert.Equal(0, hub.Connections.Count);
    }

    [Fact]
    public async Task Connection_ThatSaysNothing_IsEndedByTimeOut()
    {
        await using var hub = await TestHub.StartAsync(configure: Impatient);
        await using var client = await hub.RawAsync();

        await client.WaitForEndAsync();
    }

    [Theory]
    [InlineData(true, 414)]
    [InlineData(false, 431)]
    public async Task Head_OfTooManyBytes_IsRefused(bool line, int status)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();
        var big = new string('x', 40_000);

        await client.SendTextAsync(line ? client.UpgradeHead("/ws?d=" + big) : client.UpgradeHead("/ws", $"X-Big: {big}\r\n"));

        Assert.Equal(status, (await client.ReadResponseAsync())!.Status);
    }

    [Theory]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /ws HTTP/9.9\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    public async Task Request_ThatIsNoHttp_IsRefusedAndHurtsNobody(string request)
    {
        await using var hub = await TestHub.StartAsync();
        await using var bystander = await hub.JoinAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(request);
        await client.WaitForEndAsync();

        hub.Hub.Send("still here");
        Assert.Equal("still here", await bystander.ReceiveTextAsync());
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredInOrderAndThenTheHandshake()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();
        var request = $"GET /health HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n";

        await client.SendAsync(
            [.. Encoding.ASCII.GetBytes(request + request + client.UpgradeHead("/ws")), .. RawFrame.Masked(RawFrame.PingOpcode, "p"u8)]);

        Assert.Equal(200, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(200, (await client.ReadResponseAsync())!.Status);
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("p", (await client.ReadFrameAsync())!.Text);
    }

    private static void Impatient(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(k =>
    {
        k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
        k.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
    });
}
