using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http2;

/// <summary>Writes any frames of HTTP/2 (RFC 9113) over TLS, and reads what comes back.</summary>
internal sealed class Http2Client : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly SslStream stream;
    private readonly Uri hub;

    private Http2Client(Socket socket, SslStream stream, Uri hub)
    {
        this.socket = socket;
        this.stream = stream;
        this.hub = hub;
    }

    /// <summary>Connects, and sends the preface with these settings (identifier and value).</summary>
    public static async Task<Http2Client> ConnectAsync(Uri hub, params (ushort Id, uint Value)[] settings)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(hub.Host), hub.Port).Within();
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = hub.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        }).Within();
        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        var client = new Http2Client(socket, tls, hub);
        await client.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2Frame.Settings(settings)]);
        return client;
    }

    public async Task SendAsync(byte[] bytes)
    {
        await stream.WriteAsync(bytes).AsTask().Within();
        await stream.FlushAsync().Within();
    }

    /// <summary>The fields of an extended CONNECT (RFC 8441) to a room.</summary>
    public byte[] Connect(string protocol = "websocket", params IEnumerable<(string, string)> more) => Hpack.Literals([
        (":method", "CONNECT"), (":protocol", protocol), (":scheme", "https"), (":path", "/ws/attacked"), (":authority", hub.Authority),
        ("sec-websocket-version", "13"), .. more]);

    public byte[] Get(string path = "/health", params IEnumerable<(string, string)> more) =>
        Hpack.Literals([(":method", "GET"), (":scheme", "https"), (":path", path), (":authority", hub.Authority), .. more]);

    public byte[] Post(params IEnumerable<(string, string)> more) => Hpack.Literals([
        (":method", "POST"), (":scheme", "https"), (":path", "/api/rooms/attacked/messages"), (":authority", hub.Authority), .. more]);

    /// <summary>The next frame, or null when the hub has ended the connection.</summary>
    public async Task<Http2Frame?> ReadAsync()
    {
        try
        {
            var head = new byte[Http2Frame.HeadSize];
            await stream.ReadExactlyAsync(head).AsTask().Within();
            var payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
            await stream.ReadExactlyAsync(payload).AsTask().Within();
            return new Http2Frame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The next frame of this type; null when the connection ended without.</summary>
    public async Task<Http2Frame?> ReadAsync(byte type)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Type == type) return frame;
        }
        return null;
    }

    /// <summary>Whether the hub opened a WebSocket on the stream.</summary>
    public async Task<bool> IsOpenedAsync(int streamId)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.StreamId != streamId) continue;
            if (frame.Type == Http2Frame.Headers) return frame.IsStatus200;
            if (frame.Type == Http2Frame.Reset) return false;
        }
        return false;
    }

    /// <summary>A ping and its answer: what came before has been read. False when the connection has ended.</summary>
    public async Task<bool> IsReadAsync()
    {
        try
        {
            await SendAsync(Http2Frame.Of(Http2Frame.Ping, 0, 0, new byte[8]));
        }
        catch (IOException)
        {
            return false;
        }
        while (await ReadAsync(Http2Frame.Ping) is { } pong)
        {
            if (pong.IsAcknowledgement) return true;
        }
        return false;
    }

    public void Abort()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Crowd.ToleratesEndAsync(() => stream.DisposeAsync().AsTask());
        socket.Dispose();
    }
}
