using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Kodama.Testing;

namespace Kodama.Client.Tests;

/// <summary>A TCP server that answers whatever a test wants, or nothing.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public RawServer() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public Uri Address => new($"ws://127.0.0.1:{Port}");

    public async Task<RawPeer> AcceptAsync() => new(await listener.AcceptSocketAsync().Within());

    /// <summary>Accepts one, and shakes hands with it.</summary>
    public async Task<RawPeer> AcceptWebSocketAsync(string headers = "")
    {
        var peer = await AcceptAsync();
        await peer.UpgradeAsync(headers);
        return peer;
    }

    /// <summary>Accepts one, and answers as a server does that is no hub.</summary>
    public async Task RefuseAsync(int status)
    {
        using var peer = await AcceptAsync();
        await peer.ReadHeadAsync();
        await peer.SendTextAsync($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        await peer.EndsAsync();
    }

    public void Dispose() => listener.Dispose();
}

/// <summary>The server's end of a connection.</summary>
internal sealed class RawPeer(Socket socket) : IDisposable
{
    private readonly NetworkStream stream = new(socket, ownsSocket: true);

    public Stream Stream => stream;

    /// <summary>The head of the request, up to and with the empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await ReadAsync(1))[0]);
        return head.ToString();
    }

    public async Task UpgradeAsync(string headers = "")
    {
        var key = (await ReadHeadAsync()).Split("\r\n").Single(l => l.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..];
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 says SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await SendTextAsync(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n{headers}\r\n");
    }

    public Task SendTextAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes).Within();

    /// <summary>A whole message, or a frame of any kind.</summary>
    public async Task SendFrameAsync(int opcode, byte[] payload, bool fin = true)
    {
        await SendAsync([.. RawFrame.Head(opcode, payload.Length, fin), .. payload]);
    }

    public Task SendMessageAsync(string text) => SendFrameAsync(RawFrame.TextOpcode, Encoding.UTF8.GetBytes(text));

    public Task SendCloseAsync(int code, string reason = "") =>
        SendFrameAsync(RawFrame.CloseOpcode, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>One frame of the client; null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadFrameAsync()
    {
        try
        {
            var head = await ReadAsync(2);
            var length = head[1] & 0x7F;
            if (length == 126)
            {
                var extended = await ReadAsync(2);
                length = (extended[0] << 8) | extended[1];
            }
            var mask = await ReadAsync(4);
            var payload = await ReadAsync(length);
            for (var i = 0; i < length; i++) payload[i] ^= mask[i % 4];
            return new RawFrame(head[0] & 0x0F, payload, (head[0] & 0x80) != 0);
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until the client has gone, however it goes.</summary>
    public async Task EndsAsync()
    {
        var buffer = new byte[4096];
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

    /// <summary>Whether something has come that was not read.</summary>
    public bool HasMore() => socket.Available > 0;

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => stream.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes).Within();
        return bytes;
    }
}
