using System.Net;
using System.Net.Sockets;

namespace Kodama.Client.Connecting;

/// <summary>From an endpoint to a TCP connection.</summary>
internal static class Dialer
{
    /// <summary>Connects to the first of the endpoints that accepts.</summary>
    /// <exception cref="HubUnreachableException">None does.</exception>
    public static Task<DialedSocket> DialAsync(
        IReadOnlyList<HubEndpoint> endpoints, TimeProvider time, CancellationToken cancellationToken) =>
        StaggeredRace.RunAsync<DialedSocket>(
            [.. endpoints.Select(e => (Func<CancellationToken, Task<DialedSocket>>)(ct => DialAsync(e, time, ct)))],
            time, cancellationToken);

    /// <summary>Connects to a host, by the first of its addresses that accepts.</summary>
    /// <exception cref="SocketException">None does, or the name is not known.</exception>
    public static async Task<Socket> DialAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var ip)
            ? [ip]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        return await StaggeredRace.RunAsync<Socket>(
            [.. addresses.Select(a => (Func<CancellationToken, Task<Socket>>)(ct => DialAsync(new IPEndPoint(a, port), time, ct)))],
            time, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<DialedSocket> DialAsync(HubEndpoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var socket = await DialAsync(
                endpoint.WebSocket.DnsSafeHost, endpoint.WebSocket.Port, time, cancellationToken).ConfigureAwait(false);
            return new DialedSocket(endpoint, socket);
        }
        catch (SocketException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubUnreachableException(endpoint.ToString(), SocketErrorWords.Of(exception), exception);
        }
    }

    private static Task<Socket> DialAsync(IPEndPoint address, TimeProvider time, CancellationToken cancellationToken) =>
        Redial.RunAsync(ct => DialAsync(address, ct), time, cancellationToken);

    private static async Task<Socket> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A TCP connection, and to which endpoint.</summary>
internal sealed record DialedSocket(HubEndpoint Endpoint, Socket Socket) : IDisposable
{
    public void Dispose() => Socket.Dispose();
}
