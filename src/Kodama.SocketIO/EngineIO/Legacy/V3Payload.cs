using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>The polling body of v3. As text <c>length ":" packet</c>, again and again, where the length counts UTF-16 code units, as
/// JavaScript's strings do: 1 for €, 2 for 😀. As bytes <c>0 or 1 (binary), the length's digits as the numbers 0 to 9, 255, packet</c>,
/// where it counts bytes.</summary>
internal static class V3Payload
{
    private const byte EndOfLength = 255;

    /// <summary>Digits of a length; more would be a body beyond every bound.</summary>
    private const int MaxDigits = 9;

    /// <summary>Takes the first packet. A body of text is known to be UTF-8.</summary>
    public static bool TryTake(ref Memory<byte> rest, bool isBytes, out Memory<byte> record, out bool isBinary)
    {
        record = default;
        var span = rest.Span;
        var at = isBytes ? 1 : 0;
        isBinary = isBytes && span.StartsWith((byte)1);
        if (isBytes && !isBinary && !span.StartsWith((byte)0)) return false;
        var zero = isBytes ? (byte)0 : (byte)'0';
        var (digits, length) = (0, 0);
        for (; at < span.Length && span[at] >= zero && span[at] <= zero + 9; at++)
        {
            if (++digits > MaxDigits) return false;
            length = length * 10 + (span[at] - zero);
        }
        if (digits == 0 || at == span.Length || span[at++] != (isBytes ? EndOfLength : (byte)':')) return false;
        if (!isBytes) length = Measure(span[at..], length);
        if (length < 0 || span.Length - at < length) return false;
        record = rest.Slice(at, length);
        rest = rest[(at + length)..];
        return !isBytes || isBinary || Utf8.IsValid(record.Span);
    }

    /// <summary>Turns frames into a body; true, when that is of bytes: where one of the packets is, and the client takes them.</summary>
    public static bool Convert(ref PooledBytes bytes, bool takesBytes)
    {
        ReadOnlySpan<byte> frames = bytes.Span;
        var isBytes = takesBytes && HasBinary(frames);
        PooledBytes body = default;
        while (!frames.IsEmpty)
        {
            var isBinary = PollBody.TakeFrame(ref frames, out var packet);
            var isBase64 = isBinary && !isBytes;
            if (isBytes) body.Append([isBinary ? (byte)1 : (byte)0]);
            var length = isBytes ? packet.Length
                : isBase64 ? 2 + Base64.GetMaxEncodedToUtf8Length(packet.Length - 1)
                : Encoding.UTF8.GetCharCount(packet);
            AppendLength(ref body, length, isBytes);
            if (isBase64) PollBody.AppendBase64(ref body, "b4"u8, packet[1..]);
            else body.Append(packet);
        }
        bytes.Return();
        bytes = body;
        return isBytes;
    }

    /// <summary>How many bytes the first code units are; -1 if there are fewer, or half of a pair would be left.</summary>
    private static int Measure(ReadOnlySpan<byte> text, int units)
    {
        var at = 0;
        while (units > 0)
        {
            if (at >= text.Length) return -1;
            var (bytes, taken) = text[at] switch
            {
                < 0x80 => (1, 1),
                < 0xE0 => (2, 1),
                < 0xF0 => (3, 1),
                _ => (4, 2),
            };
            at += bytes;
            units -= taken;
        }
        return units == 0 ? at : -1;
    }

    private static bool HasBinary(ReadOnlySpan<byte> frames)
    {
        var isBinary = false;
        while (!isBinary && !frames.IsEmpty) isBinary = PollBody.TakeFrame(ref frames, out _);
        return isBinary;
    }

    private static void AppendLength(ref PooledBytes body, int length, bool isBytes)
    {
        Span<byte> digits = stackalloc byte[MaxDigits + 2];
        Utf8Formatter.TryFormat(length, digits, out var count);
        if (isBytes)
        {
            foreach (ref var digit in digits[..count]) digit -= (byte)'0';
        }
        digits[count++] = isBytes ? EndOfLength : (byte)':';
        body.Append(digits[..count]);
    }
}
