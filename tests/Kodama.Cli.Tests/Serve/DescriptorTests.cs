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
        await using var kodama = KodamaProcess.StartWithDescriptors(limit, "serve", "--host", "127.0.0.1", "--port", "0", "--no-advertise", "--echo");
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

        using var next = await TestClient.ConnectAsync(address);
        await EchoesAsync(next);
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();
        Assert.Equal(0, exit.Code);
        Assert.Single(exit.Error.Split('\n'), line => line.Contains("Out of file descriptors: ", StringComparison.Ordinal));
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
