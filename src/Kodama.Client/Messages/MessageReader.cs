using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;

namespace Kodama.Client.Messages;

/// <summary>Reads whole messages from a WebSocket. Holds no buffer while nothing comes.</summary>
internal sealed class MessageReader(WebSocket socket, int maxSize)
{
    private const int SmallBuffer = 4096;

    /// <summary>The next message; null when the hub has sent a close frame.</summary>
    /// <exception cref="HubProtocolException">The message is too large.</exception>
    public async ValueTask<HubMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        // Ends when something has come, before a buffer is taken for it.
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        if (received.MessageType == WebSocketMessageType.Close) return null;
        if (received.EndOfMessage) return new HubMessage(default, received.MessageType == WebSocketMessageType.Text);

        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close) return null;
                length += received.Count;
                if (length > maxSize) throw TooBig(maxSize);
                if (received.EndOfMessage)
                    return new HubMessage(buffer.AsSpan(0, length).ToArray(), received.MessageType == WebSocketMessageType.Text);
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // One byte more than allowed is enough to know that it is too much.
    private byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, maxSize + 1L));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static HubProtocolException TooBig(int maxSize) => new(
        (int)WebSocketCloseStatus.MessageTooBig,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The hub sent a message of more than {maxSize} bytes: raise MaxMessageSize if such are wanted."));
}
