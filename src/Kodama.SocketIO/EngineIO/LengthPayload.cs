namespace Kodama.SocketIO;

/// <summary>
/// The polling body of v3 as text: <c>length ":" packet</c>, again and again. The length counts UTF-16 code units, as JavaScript's strings
/// do: 1 for €, 2 for 😀.
/// </summary>
internal static class LengthPayload
{
    /// <summary>Digits of a length; more would be a body beyond every bound.</summary>
    private const int MaxDigits = 9;

    /// <summary>Takes the first packet of bytes that are known to be UTF-8.</summary>
    public static bool TryTake(ref Memory<byte> rest, out Memory<byte> record)
    {
        record = default;
        var span = rest.Span;
        var digits = 0;
        var length = 0;
        for (; digits < span.Length && span[digits] is >= (byte)'0' and <= (byte)'9'; digits++)
        {
            if (digits == MaxDigits) return false;
            length = length * 10 + (span[digits] - '0');
        }
        if (digits == 0 || digits == span.Length || span[digits] != (byte)':') return false;
        var bytes = Measure(span[(digits + 1)..], length);
        if (bytes < 0) return false;
        record = rest.Slice(digits + 1, bytes);
        rest = rest[(digits + 1 + bytes)..];
        return true;
    }

    /// <summary>The bytes of the first <paramref name="units"/> code units; -1 if there are fewer, or half of a pair would be
    /// left.</summary>
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
        return units == 0 && at <= text.Length ? at : -1;
    }
}
