using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Bench.Soak;

/// <summary>All TCP connections of one peer, from an address of its own: so that they can be reset.</summary>
internal sealed class Wire : IDisposable
{
    // As many hosts of a network.
    private const int Addresses = 200;

    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly IPEndPoint _hub;
    private readonly IPAddress _from;
    private readonly int? _receiveBuffer;

    /// <param name="port">Of the hub, on loopback.</param>
    /// <param name="number">Of the peer.</param>
    /// <param name="receiveBuffer">Bytes that the system takes in for a peer that does not read; null for its default.</param>
    public Wire(int port, int number, int? receiveBuffer = null)
    {
        _hub = new IPEndPoint(IPAddress.Loopback, port);
        _from = new IPAddress([127, 0, 1, (byte)(1 + (number % Addresses))]);
        _receiveBuffer = receiveBuffer;
        Http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken),
            UseCookies = false,
            UseProxy = false,
        })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Its requests, and its handshakes.</summary>
    public HttpClient Http { get; }

    public Uri WebSocketUri(string path) => new(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{_hub.Port}{path}"));

    /// <summary>A connection without a protocol.</summary>
    public async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        if (_receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        socket.Bind(new IPEndPoint(_from, 0));
        await socket.ConnectAsync(_hub, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Everything ends by RST, wherever it was.</summary>
    public void Reset()
    {
        foreach (var socket in _sockets)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The hub was quicker.
            }
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        foreach (var socket in _sockets)
            socket.Dispose();
    }
}
