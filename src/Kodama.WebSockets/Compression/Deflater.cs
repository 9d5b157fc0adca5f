using System.Buffers;
using System.IO.Compression;

namespace Kodama.WebSockets;

/// <summary>
/// Compresses messages for a frame with RSV1 (RFC 7692 section 7.2.1), each on its own, so that one result serves every connection that
/// negotiated the extension, and one more all those that negotiated a smaller window. Thread-safe.
/// </summary>
public static class Deflater
{
    /// <summary>Compresses a whole message into <paramref name="output"/>, without the 00 00 FF FF at its end.</summary>
    /// <param name="message">The message. One that does not compress comes out a little larger; the caller may send it as it is.</param>
    /// <param name="output">Where to.</param>
    /// <param name="level">Time against size; counts only in the full window.</param>
    /// <param name="windowBits">
    /// The window of the reader. Below 15 bits the result is the same for all: it refers back by less than two to the power of 8 bytes.
    /// </param>
    public static void Deflate(
        ReadOnlySpan<byte> message,
        IBufferWriter<byte> output,
        CompressionLevel level = CompressionLevel.Fastest,
        int windowBits = DeflateParameters.MostWindowBits)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowBits, DeflateParameters.LeastWindowBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowBits, DeflateParameters.MostWindowBits);
        if (message.IsEmpty)
        {
            // The empty block less its end (RFC 7692 section 7.2.3.6); DeflateStream flushes nothing where nothing was written.
            output.Write((ReadOnlySpan<byte>)[0]);
            return;
        }
        if (windowBits < DeflateParameters.MostWindowBits)
        {
            NarrowDeflater.Deflate(message, output);
            return;
        }

        var target = new UntilTail(output);
        using var deflate = new DeflateStream(target, level);
        deflate.Write(message);
        deflate.Flush();
        target.Complete();
    }

    /// <summary>Passes on all that is written but the last four bytes, which must be the end of a flush.</summary>
    private sealed class UntilTail(IBufferWriter<byte> output) : Stream
    {
        private readonly byte[] tail = new byte[4];
        private int held;
        private bool complete;

        private static ReadOnlySpan<byte> EmptyBlock => [0x00, 0x00, 0xFF, 0xFF];

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>From here on DeflateStream closes its own format, which is not for the wire.</summary>
        public void Complete()
        {
            if (!tail.AsSpan(0, held).SequenceEqual(EmptyBlock))
                throw new InvalidOperationException($"A flush ends in 00 00 FF FF, not in {Convert.ToHexString(tail, 0, held)}.");
            complete = true;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (complete)
                return;
            int fromHeld = Math.Clamp(held + buffer.Length - tail.Length, 0, held);
            output.Write(tail.AsSpan(0, fromHeld));
            tail.AsSpan(fromHeld, held - fromHeld).CopyTo(tail);
            held -= fromHeld;

            int pass = Math.Max(0, buffer.Length - (tail.Length - held));
            output.Write(buffer[..pass]);
            buffer[pass..].CopyTo(tail.AsSpan(held));
            held += buffer.Length - pass;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
