using System.Net;
using System.Net.Sockets;

namespace Kodama.Testing;

/// <summary>
/// A way to a server that cuts connections, splits what goes through, holds it back and lets it go late, at places that a seed decides:
/// counted in bytes, so that what is between two faults does not depend on the machine.
/// </summary>
public sealed class RoughProxy : IAsyncDisposable
{
    private const int MeanBytesBetweenCuts = 6000;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Task> passing = [];
    private readonly Random random;
    private readonly Task accepting;
    private int target;
    private int cuts;
    private volatile bool isSmooth;

    public RoughProxy(int target, int seed)
    {
        this.target = target;
        random = new Random(seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>From now on nothing happens to anybody.</summary>
    public void Smooth() => isSmooth = true;

    /// <summary>New connections lead to another port.</summary>
    public void Lead(int port) => Volatile.Write(ref target, port);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] all;
        lock (gate) all = [.. passing];
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptSocketAsync(stopping.Token);
            lock (gate)
            {
                passing.RemoveAll(p => p.IsCompleted);
                passing.Add(PassAsync(client));
            }
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var here = client;
        using var there = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        here.NoDelay = true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        try
        {
            await there.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref target), over.Token);
            await await Task.WhenAny(PumpAsync(here, there, over.Token), PumpAsync(there, here, over.Token));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either end has gone, or this one has cut them.
        }
        await over.CancelAsync();
        foreach (var socket in (Socket[])[here, there]) socket.LingerState = new LingerOption(true, 0);
    }

    private async Task PumpAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var untilCut = Next(2 * MeanBytesBetweenCuts);
        while (true)
        {
            var most = isSmooth ? buffer.Length : 1 + Next(Next(10) == 0 ? 8 : 2000);
            var count = await from.ReceiveAsync(buffer.AsMemory(0, most), cancellationToken);
            if (count == 0) return;
            if (!isSmooth && (untilCut -= count) < 0)
            {
                Interlocked.Increment(ref cuts);
                // Some of what was on its way still arrives, all of it, or nothing, and late.
                await to.SendAsync(buffer.AsMemory(0, Next(count + 1)), cancellationToken);
                if (Next(3) == 0) await Task.Delay(Next(60), cancellationToken);
                return;
            }
            if (!isSmooth && Next(20) == 0) await Task.Delay(Next(10), cancellationToken);
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
        }
    }

    private int Next(int bound)
    {
        lock (gate) return random.Next(bound);
    }
}
