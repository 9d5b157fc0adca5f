using System.Buffers;
using System.Net.WebSockets;

namespace Kodama.WebSockets;

/// <summary>Compresses in the smallest window that zlib has, of 9 bits, of which it uses 250 bytes: readers of 8 bits fit too.</summary>
/// <remarks>
/// <see cref="System.IO.Compression.DeflateStream"/> has only the full window. The platform's own WebSocket is the one public way to
/// zlib's others: as a server it writes the message as one frame, whose payload is what is wanted.
/// </remarks>
internal static class NarrowDeflater
{
    private static readonly WebSocketCreationOptions Options = new()
    {
        IsServer = true,
        KeepAliveInterval = Timeout.InfiniteTimeSpan,
        DangerousDeflateOptions = new WebSocketDeflateOptions { ServerMaxWindowBits = 9, ServerContextTakeover = false },
    };

    public static void Deflate(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        using (var socket = WebSocket.CreateFromStream(new FramePayload(output), Options))
        {
            // The stream completes at once, and so the sending does.
            ReadOnlyMemory<byte> payload = copy.AsMemory(0, message.Length);
            socket.SendAsync(payload, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
        }
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Takes a whole frame in one write, and passes on its payload.</summary>
    private sealed class FramePayload(IBufferWriter<byte> output) : Stream
    {
        // The platform asks for it, but reads only when told to receive.
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!FrameHeader.TryRead(buffer, WebSocketRole.Client, deflate: true, out FrameHeader header, out _)
                || header is not { Fin: true, Compressed: true }
                || header.Size + header.PayloadLength != buffer.Length)
                throw new InvalidOperationException($"A message is one compressed frame in one write, not these {buffer.Length} bytes.");
            output.Write(buffer[header.Size..]);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
