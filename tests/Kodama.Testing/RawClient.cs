using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Testing;

/// <summary>A TCP (or TLS) client that writes any bytes and says what came back: heads, bodies, frames, the end.</summary>
public sealed class RawClient : IAsyncDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string AcceptKey = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private readonly Stream stream;
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private RawClient(Socket socket, Stream stream, string authority)
    {
        Socket = socket;
        this.stream = stream;
        Authority = authority;
    }

    public Socket Socket { get; }

    /// <summary>What a Host header would say.</summary>
    public string Authority { get; }

    /// <param name="uri">Scheme, address and port.</param>
    /// <param name="receiveBuffer">Of the socket, in bytes; null for the system's own.</param>
    /// <param name="from">The address of this machine to come from; null for whichever.</param>
    public static async Task<RawClient> ConnectAsync(Uri uri, int? receiveBuffer = null, IPAddress? from = null)
    {
        var address = IPAddress.Parse(uri.Host);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        if (address.IsIPv4MappedToIPv6) socket.DualMode = true;
        if (from is not null) socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address, uri.Port).Within();
        return await OverAsync(socket, uri);
    }

    /// <summary>Over a socket that is connected already.</summary>
    public static async Task<RawClient> OverAsync(Socket socket, Uri uri)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (uri.Scheme is "https" or "wss")
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = uri.Host,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            }).Within();
            stream = tls;
        }
        return new RawClient(socket, stream, uri.Authority);
    }

    /// <summary>What goes on by itself: nothing that has come may wait here unread, and reading and writing here is over.</summary>
    public Stream TakeStream() =>
        start == end ? stream : throw new InvalidOperationException($"{end - start} bytes have come and were not read.");

    public Task SendTextAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] bytes) => SendAsync(new ReadOnlyMemory<byte>(bytes));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes).Within();
        await stream.FlushAsync().Within();
    }

    public string UpgradeHead(string path, string headers = "") =>
        $"GET {path} HTTP/1.1\r\nHost: {Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n{headers}\r\n";

    /// <summary>Shakes hands, and says the head of the answer.</summary>
    public async Task<string> UpgradeAsync(string path = "/ws", string headers = "")
    {
        await SendTextAsync(UpgradeHead(path, headers));
        return await ReadHeadAsync();
    }

    /// <summary>Up to and with the empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n") head.Append((char)(await ReadBytesAsync(1))[0]);
        return head.ToString();
    }

    /// <summary>One answer, its body by Content-Length or in chunks; null when the connection ended before it.</summary>
    public async Task<RawResponse?> ReadResponseAsync()
    {
        string head;
        try
        {
            head = await ReadHeadAsync();
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        var response = new RawResponse(head);
        if (response.Header("Transfer-Encoding") == "chunked") response.Body = await ReadChunksAsync();
        else if (response.Header("Content-Length") is { } length)
            response.Body = Encoding.UTF8.GetString(await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture)));
        return response;
    }

    /// <summary>One frame from the hub, which must not be masked; null at the end of the stream.</summary>
    public async Task<RawFrame?> ReadFrameAsync()
    {
        byte[] head;
        try
        {
            head = await ReadBytesAsync(2);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        if ((head[1] & 0x80) != 0) throw new InvalidDataException("A server must not mask.");
        var length = (long)head[1];
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadBytesAsync(2));
        else if (length == 127) length = BinaryPrimitives.ReadInt64BigEndian(await ReadBytesAsync(8));
        return new RawFrame(head[0] & 0x0F, await ReadBytesAsync((int)length), (head[0] & 0x80) != 0, (head[0] & 0x40) != 0);
    }

    /// <summary>The next close frame, whatever comes before it.</summary>
    public async Task<RawFrame> ReadCloseAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == RawFrame.CloseOpcode) return frame;
        }
        throw new EndOfStreamException("The stream ended without a close frame.");
    }

    public async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        while (line is not [.., (byte)'\n']) line.Add((await ReadBytesAsync(1))[0]);
        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
    }

    public async Task<byte[]> ReadBytesAsync(int count)
    {
        if (buffer.Length < count) Array.Resize(ref buffer, count);
        if (end - start < count)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        while (end - start < count)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(end)).Within();
            if (read == 0) throw new EndOfStreamException($"The stream ended; {count - (end - start)} bytes were missing.");
            end += read;
        }
        var bytes = buffer.AsSpan(start, count).ToArray();
        start += count;
        return bytes;
    }

    /// <summary>Reads on until the other side has ended the connection, properly or not.</summary>
    public async Task WaitForEndAsync()
    {
        try
        {
            while (await stream.ReadAsync(buffer).Within() > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void CompleteSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Says the same within TLS (close_notify), and nothing to TCP.</summary>
    public Task CompleteTlsAsync() => ((SslStream)stream).ShutdownAsync().Within();

    /// <summary>Ends the connection with a TCP reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (IOException)
        {
        }
        Socket.Dispose();
    }

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(Encoding.UTF8.GetString(await ReadBytesAsync(size)));
            await ReadBytesAsync(2);
            if (size == 0) return body.ToString();
        }
    }
}
