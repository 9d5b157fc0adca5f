using System.Buffers.Binary;
using System.Text.Unicode;

namespace Kodama.WebSockets;

/// <summary>
/// Writes frames (RFC 6455 section 5.2), every length in its shortest form. Checks no protocol state: what may follow what is the
/// business of the connection. Thread-safe, allocates nothing.
/// </summary>
/// <remarks>
/// A server writes without a mask. A client draws a fresh, unpredictable mask for every frame (section 5.3), such as
/// <see cref="System.Security.Cryptography.RandomNumberGenerator"/> gives.
/// </remarks>
public static class FrameWriter
{
    /// <summary>The size of the largest header in bytes: 2, a length of 8, a mask of 4.</summary>
    public const int MaxHeaderSize = 2 + 8 + 4;

    /// <summary>The most bytes that a control frame may carry (section 5.5).</summary>
    public const int MaxControlPayload = 125;

    /// <summary>The most bytes of UTF-8 that a close reason may have: a control payload without the code.</summary>
    public const int MaxCloseReason = MaxControlPayload - sizeof(ushort);

    /// <summary>The size in bytes of the header of a frame with <paramref name="payloadLength"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="payloadLength"/> is negative.</exception>
    public static int HeaderSize(long payloadLength, bool masked)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        int size = payloadLength switch
        {
            <= 125 => 2,
            <= ushort.MaxValue => 2 + sizeof(ushort),
            _ => 2 + sizeof(ulong),
        };
        return masked ? size + sizeof(uint) : size;
    }

    /// <summary>Writes a header and returns its size in bytes, which is <see cref="HeaderSize"/>.</summary>
    /// <param name="destination">Where to; at least the header's size.</param>
    /// <param name="opcode">What the frame is for.</param>
    /// <param name="payloadLength">The number of bytes that the caller writes after the header.</param>
    /// <param name="fin">Whether this is the last frame of its message.</param>
    /// <param name="compressed">Whether the message is compressed (RSV1, RFC 7692 section 6): first frame of a data message only.</param>
    /// <param name="mask">The key with which the caller masks the payload, as <see cref="Masking.Apply"/> takes it; null for a
    /// server.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="payloadLength"/> is negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too small.</exception>
    public static int WriteHeader(
        Span<byte> destination, Opcode opcode, long payloadLength, bool fin = true, bool compressed = false, uint? mask = null)
    {
        int size = HeaderSize(payloadLength, mask.HasValue);
        if (destination.Length < size)
            throw new ArgumentException($"The header needs {size} bytes, there are {destination.Length}.", nameof(destination));

        destination[0] = (byte)((fin ? FrameHeader.FinBit : 0) | (compressed ? FrameHeader.Rsv1Bit : 0) | (int)opcode);
        byte maskBit = mask.HasValue ? FrameHeader.MaskBit : (byte)0;
        if (payloadLength <= 125)
        {
            destination[1] = (byte)(maskBit | (int)payloadLength);
        }
        else if (payloadLength <= ushort.MaxValue)
        {
            destination[1] = (byte)(maskBit | FrameHeader.Length16);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
        }
        else
        {
            destination[1] = (byte)(maskBit | FrameHeader.Length64);
            BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
        }

        if (mask is { } key)
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(size - sizeof(uint))..], key);
        return size;
    }

    /// <summary>Writes a whole frame, the payload copied and masked, and returns its size in bytes.</summary>
    /// <param name="destination">Where to; at least the header's size and the payload's.</param>
    /// <param name="opcode">What the frame is for.</param>
    /// <param name="payload">The payload, not yet masked; it is left as it is.</param>
    /// <param name="fin">Whether this is the last frame of its message.</param>
    /// <param name="compressed">Whether the message is compressed (RSV1): first frame of a data message only.</param>
    /// <param name="mask">The key to mask with; null for a server.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too small.</exception>
    public static int Write(
        Span<byte> destination, Opcode opcode, ReadOnlySpan<byte> payload, bool fin = true, bool compressed = false, uint? mask = null)
    {
        int header = WriteHeader(destination, opcode, payload.Length, fin, compressed, mask);
        Span<byte> body = destination.Slice(header, payload.Length);
        payload.CopyTo(body);
        if (mask is { } key)
            Masking.Apply(body, key);
        return header + payload.Length;
    }

    /// <summary>
    /// Writes a whole close frame (RFC 6455 section 5.5.1) and returns its size in bytes. A reason of more than
    /// <see cref="MaxCloseReason"/> bytes of UTF-8 is cut at a character's boundary.
    /// </summary>
    /// <param name="destination">Where to; <see cref="MaxHeaderSize"/> + <see cref="MaxControlPayload"/> bytes always suffice.</param>
    /// <param name="code">Why, as <see cref="CloseCodes"/> has it; <see cref="CloseCodes.NoStatus"/> writes an empty payload.</param>
    /// <param name="reason">A text for the other side's developers, or empty.</param>
    /// <param name="mask">The key to mask with; null for a server.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="code"/> may not stand on the wire.</exception>
    public static int WriteClose(Span<byte> destination, ushort code, string reason, uint? mask = null)
    {
        if (code == CloseCodes.NoStatus)
            return Write(destination, Opcode.Close, default, mask: mask);
        if (!CloseCodes.IsValidOnWire(code))
            throw new ArgumentOutOfRangeException(nameof(code), code, "A close frame holds 1000-1003, 1007-1014 or 3000-4999.");

        Span<byte> payload = stackalloc byte[MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        // FromUtf16 writes whole characters only, so a full destination is the cut we want; a lone surrogate becomes U+FFFD.
        Utf8.FromUtf16(reason, payload[sizeof(ushort)..], out _, out int written);
        return Write(destination, Opcode.Close, payload[..(sizeof(ushort) + written)], mask: mask);
    }
}
