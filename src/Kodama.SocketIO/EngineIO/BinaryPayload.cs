using System.Text.Unicode;

namespace Kodama.SocketIO;

/// <summary>
/// The polling body of v3 as bytes: <c>0 or 1 (binary), the length's digits as the numbers 0 to 9, 255, packet</c>, again and again. The
/// length counts bytes.
/// </summary>
internal static class BinaryPayload
{
    public const byte Text = 0;
    public const byte Binary = 1;
    public const byte EndOfLength = 255;
    private const int MaxDigits = 9;

    public static bool TryTake(ref Memory<byte> rest, out Memory<byte> record, out bool isBinary)
    {
        record = default;
        isBinary = false;
        var span = rest.Span;
        if (span.IsEmpty || span[0] > Binary) return false;
        var at = 1;
        var length = 0;
        for (; at < span.Length && span[at] <= 9; at++)
        {
            if (at > MaxDigits) return false;
            length = length * 10 + span[at];
        }
        if (at == 1 || at == span.Length || span[at] != EndOfLength || span.Length - at - 1 < length) return false;
        record = rest.Slice(at + 1, length);
        isBinary = span[0] == Binary;
        rest = rest[(at + 1 + length)..];
        return isBinary || Utf8.IsValid(record.Span);
    }
}
