using System.Net.Sockets;
using System.Text;

namespace Kodama.Bench.Soak;

/// <summary>A connection that never becomes a peer, or stops being one in the midst of a frame; then it waits, and ends.</summary>
internal static class Intruder
{
    private const string Handshake =
        "GET /ws/%ROOM% HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    public static async Task LiveAsync(Wire wire, string room, Random random, CancellationToken cancellationToken)
    {
        await using var stream = await wire.ConnectAsync(cancellationToken);
        var handshake = Encoding.ASCII.GetBytes(Handshake.Replace("%ROOM%", room, StringComparison.Ordinal));
        var noise = new byte[200];
        random.NextBytes(noise);
        byte[] first = random.Next(6) switch
        {
            0 => [],
            1 => handshake[..random.Next(1, handshake.Length)],
            2 => Encoding.ASCII.GetBytes(
                $"POST /api/rooms/{room}/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nhello"),
            // A masked text of 125 bytes, of which three come.
            3 => [.. handshake, 0x81, 0xfd, 0, 0, 0, 0, .. "hel"u8],
            4 => [.. handshake, .. noise],
            _ => noise,
        };
        await stream.WriteAsync(first, cancellationToken);
        await WaitAsync(stream, TimeSpan.FromSeconds(random.Next(1, 15)), cancellationToken);
        if (random.Next(2) == 0)
            wire.Reset();
    }

    private static async Task WaitAsync(NetworkStream stream, TimeSpan time, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(time);
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The hub has had as much patience.
        }
    }
}
