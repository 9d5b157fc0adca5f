using System.Net;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class ProxyTests
{
    /// <summary>The process has one proxy; it concerns no other test, as those connect to this machine only.</summary>
    [Fact]
    public async Task Proxy_OfTheSystem_IsUsedBeyondTheOwnNetworkOnly()
    {
        using var proxy = new RawServer();
        await using var hub = await TestHub.StartAsync();
        var system = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy($"http://127.0.0.1:{proxy.Port}");
        try
        {
            await using var local = await KodamaClient.ConnectAsync(hub.Address).Within();
            var connecting = KodamaClient.ConnectAsync("ws://hub.example:8080");
            using var tunnel = await proxy.AcceptAsync();
            Assert.StartsWith("CONNECT hub.example:8080 HTTP/1.1\r\n", await tunnel.ReadHeadAsync(), StringComparison.Ordinal);
            await tunnel.SendTextAsync("HTTP/1.1 200 OK\r\n\r\n");
            await tunnel.UpgradeAsync();
            await using var remote = await connecting.Within();
            await tunnel.SendMessageAsync("far");

            Assert.Equal("far", await remote.ReceiveTextAsync());
            await tunnel.SendCloseAsync(1000);
            tunnel.Dispose();
        }
        finally
        {
            HttpClient.DefaultProxy = system;
        }
    }
}
