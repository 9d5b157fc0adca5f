using System.Net;
using System.Net.Sockets;
using Kodama.Cli.Tests.Support;
using Kodama.Testing;

namespace Kodama.Cli.Tests.Serve;

/// <summary>A process with few descriptors, and many that connect and say nothing.</summary>
public sealed class DescriptorTests
{
    private const int Attackers = 2000;

    // An assembly that is loaded holds two, so that a hub which is not compiled ahead of time has little room at 200.
    [Theory]
    [InlineData(200)]
    [InlineData(1024)]
    public async Task Serve_AttackedBySilentSockets_LivesAndLetsInAgain(int limit)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such limit.");
        await using var kodama = KodamaProcess.StartWithDescriptors(
            limit, "serve", "--host", "127.0.0.1", "--port", "0", "--no-advertise", "--echo");
        var address = await kodama.AddressAsync();
        using var healthy = await TestClient.ConnectAsync(address);
        await EchoesAsync(healthy);

        var attackers = new List<Socket>();
        var connecting = new List<Task>();
        for (var i = 0; i < Attackers; i++)
        {
            var attacker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            attackers.Add(attacker);
            connecting.Add(attacker.ConnectAsync(IPAddress.Loopback, address.Port));
            if (i % 100 == 0) await EchoesAsync(healthy);
        }
        await Task.WhenAll(connecting).Within();
        await EchoesAsync(healthy);
        attackers.ForEach(a => a.Dispose());

        // At 200 there may be room for one.
        healthy.Dispose();
        using var next = await ComeInAsync(address);
        await EchoesAsync(next);
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();
        Assert.True(exit.Code == 0, $"It ended with {exit.Code}: {exit.Error}");
        // Once a minute, if at all: where they come slowly the silent ones go before it comes to that.
        Assert.InRange(exit.Error.Split('\n').Count(line => line.Contains("Out of file descriptors: ", StringComparison.Ordinal)), 0, 1);
    }

    // While the hub works off those who came and went, one who has not yet said what it wants may be sent away with them: it tries again.
    private static async Task<TestClient> ComeInAsync(Uri address)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                return await TestClient.ConnectAsync(address);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && !limit.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task EchoesAsync(TestClient client)
    {
        var text = Guid.NewGuid().ToString();
        await client.SendAsync(text);
        while (await client.ReceiveAsync() is { } received)
        {
            if (received == text) return;
        }
        Assert.Fail("The hub has closed the connection.");
    }
}
