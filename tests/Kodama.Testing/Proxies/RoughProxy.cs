using System.Net;
using System.Net.Sockets;

namespace Kodama.Testing;

/// <summary>
/// A way to a server that cuts connections or stalls them, splits what goes through, holds it back and lets it go late, at places that a
/// seed decides: counted in bytes, so that what is between two faults does not depend on the machine.
/// </summary>
public sealed class RoughProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly Dictionary<RoughConnection, Task> passing = [];
    private readonly Faults faults;
    private readonly Task accepting;
    private readonly int target;
    private volatile bool isClosed;

    public RoughProxy(int target, int seed, Roughness? roughness = null)
    {
        this.target = target;
        faults = new Faults(roughness ?? new(), seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>How many connections it has cut, at a place of its choice.</summary>
    public int Cuts => faults.Cuts;

    /// <summary>How many connections it has let lead nowhere.</summary>
    public int Stalls => faults.Stalls;

    /// <summary>From now on nothing happens to anybody, and connections that lead nowhere end.</summary>
    public void Smooth()
    {
        faults.AreOver = true;
        CutAll(connection => connection.IsStalled);
    }

    /// <summary>From now on it is rough again.</summary>
    public void Roughen() => faults.AreOver = false;

    /// <summary>Cuts all connections, and lets none through.</summary>
    public void Close()
    {
        isClosed = true;
        CutAll(_ => true);
    }

    /// <summary>Lets connections through again.</summary>
    public void Open() => isClosed = false;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close();
        Task[] all;
        lock (gate) all = [.. passing.Values];
        await Task.WhenAll(all);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var connection = new RoughConnection(await listener.AcceptSocketAsync(stopping.Token), faults);
            lock (gate)
            {
                foreach (var (ended, _) in passing.Where(p => p.Value.IsCompleted).ToList()) passing.Remove(ended);
                passing.Add(connection, connection.PassAsync(target));
            }
            if (isClosed) connection.Cut();
        }
    }

    private void CutAll(Func<RoughConnection, bool> which)
    {
        List<RoughConnection> chosen;
        lock (gate) chosen = [.. passing.Keys.Where(which)];
        foreach (var connection in chosen) connection.Cut();
    }
}
