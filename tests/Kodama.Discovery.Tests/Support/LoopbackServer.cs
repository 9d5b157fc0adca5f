using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>Listens on one port of every loopback address, 127.0.0.1 to 127.0.0.254 and on; what an address does is up to the
/// test.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly Func<IPAddress, Stream, Task> serve;
    private readonly ConcurrentDictionary<Socket, Task> connections = new();
    private readonly Task accepting;
    private int accepted;

    public LoopbackServer(Func<IPAddress, Stream, Task> serve, IPAddress? address = null)
    {
        this.serve = serve;
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address ?? IPAddress.Any, 0));
        listener.Listen(4096);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Accepted => Volatile.Read(ref accepted);

    public int Open => connections.Count;

    public SweepTarget Target(string address = "127.0.0.1") => new(new IPEndPoint(IPAddress.Parse(address), Port));

    /// <summary>Reads the request, and sends these bytes and the end of the connection.</summary>
    public static LoopbackServer Answering(string response) => new(async (_, stream) =>
    {
        await ReadRequestAsync(stream);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(response));
    });

    public static LoopbackServer Silent() => new((_, stream) => UntilEndAsync(stream));

    public static string Hub(string json = """{"name":"Lounge"}""", string headers = "") =>
        $"HTTP/1.1 200 OK\r\nServer: Kodama local-websocket/1.0.0\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n"
        + $"{headers}\r\n{json}";

    public static async Task<string> ReadRequestAsync(Stream stream)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            request.Append((char)one[0]);
        return request.ToString();
    }

    public static async Task UntilEndAsync(Stream stream)
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        foreach (var socket in connections.Keys) socket.Dispose();
        await accepting.Within();
        await Task.WhenAll(connections.Values).Within();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                Interlocked.Increment(ref accepted);
                var served = new TaskCompletionSource();
                connections[socket] = served.Task;
                _ = ServeAsync(socket, served);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket, TaskCompletionSource served)
    {
        await Task.Yield();
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await serve(((IPEndPoint)socket.LocalEndPoint!).Address, stream);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
        }
        connections.TryRemove(socket, out _);
        served.SetResult();
    }
}
