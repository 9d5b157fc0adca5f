using System.Net;
using System.Net.Sockets;

namespace Kodama.Cluster.Tests;

/// <summary>One address in front of several hubs: new connections are led to the one that is chosen.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly List<TcpClient> open = [];
    private readonly Task accepting;
    private volatile Uri target;

    public Balancer(Uri target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Leads elsewhere from now on, and cuts what leads to where it led.</summary>
    public void LeadTo(Uri hub)
    {
        target = hub;
        lock (open)
        {
            open.ForEach(static client => client.Close());
            open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        LeadTo(target);
        await accepting;
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await listener.AcceptTcpClientAsync(ending.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var from = client;
        using var to = new TcpClient();
        lock (open) open.AddRange([from, to]);
        try
        {
            await to.ConnectAsync(target.Host, target.Port);
            await Task.WhenAny(from.GetStream().CopyToAsync(to.GetStream()), to.GetStream().CopyToAsync(from.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of them has ended, and so does the other.
        }
    }
}
