namespace Kodama;

/// <summary>
/// The escapes in JSON that clients send. Half a character, <c>\ud800</c> to <c>\udfff</c> without the other half beside it, is JSON by its
/// grammar (RFC 8259 section 8.2), and no text: what programs make of it differs, and some end. For doors, to refuse it where it comes in.
/// </summary>
public static class JsonEscapes
{
    /// <summary>What they take, in words for a person.</summary>
    public const string Rule = "\\ud800 to \\udfff come in pairs";

    private const int Length = 6;

    /// <summary>Whether every escaped character, also in the names of properties, is a whole one.</summary>
    /// <param name="json">Valid JSON, or the inside of a string of it.</param>
    public static bool AreWhole(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json = json[at..];
            if (json.Length < Length || json[1] != (byte)'u')
            {
                json = json[Math.Min(2, json.Length)..];
                continue;
            }
            var isPair = IsHalf(json, (byte)'8', (byte)'b');
            if (isPair ? !IsHalf(json[Length..], (byte)'c', (byte)'f') : IsHalf(json, (byte)'c', (byte)'f')) return false;
            json = json[(isPair ? 2 * Length : Length)..];
        }
        return true;
    }

    // \uD8xx to \uDBxx, or \uDCxx to \uDFxx, by the second of their digits; '8' and '9' lie before the letters.
    private static bool IsHalf(ReadOnlySpan<byte> escape, byte least, byte most) =>
        escape.Length >= Length && escape[0] == (byte)'\\' && escape[1] == (byte)'u' && Lower(escape[2]) == (byte)'d'
        && Lower(escape[3]) is var digit && digit >= least && digit <= most;

    private static byte Lower(byte digit) => (byte)(digit | 0x20);
}
