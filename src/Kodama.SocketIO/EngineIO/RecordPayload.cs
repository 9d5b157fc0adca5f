namespace Kodama.SocketIO;

/// <summary>The polling body of v4: packets with a record separator between them.</summary>
internal static class RecordPayload
{
    /// <summary>U+001E, which JSON never holds unescaped.</summary>
    public const byte Separator = 0x1E;

    public static Memory<byte> Take(ref Memory<byte> rest, out bool last)
    {
        var end = rest.Span.IndexOf(Separator);
        last = end < 0;
        var record = last ? rest : rest[..end];
        rest = last ? default : rest[(end + 1)..];
        return record;
    }
}
