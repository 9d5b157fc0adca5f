using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>
/// Objects that stand for attachments, <c>{"_placeholder":true,"num":n}</c>. Any object whose <c>_placeholder</c> is true is one, whatever
/// else it holds; of members with the same name the last counts, as in JavaScript.
/// </summary>
/// <remarks>
/// Node takes several for one attachment; no client writes them. Here they are refused: where attachments are written out as text, each
/// would be one more copy, and a packet of a megabyte would become gigabytes.
/// </remarks>
internal static class Placeholders
{
    private const int NoNumber = -1;

    // More, where the options allow them, are kept on the heap.
    private const int MostOnStack = 256;

    /// <summary>Whether every placeholder in the array names one of <paramref name="attachments"/>, and none names what another
    /// does.</summary>
    /// <param name="array">JSON.</param>
    /// <param name="attachments">How many there are.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="first">The number of the array's first element if that is a placeholder, or -1.</param>
    /// <exception cref="JsonException">It is not JSON, or nested too deep.</exception>
    public static bool TryRead(ReadOnlySpan<byte> array, int attachments, PacketLimits limits, out int first)
    {
        first = NoNumber;
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        Span<Open> open = stackalloc Open[limits.MaxDepth + 1];
        Span<bool> named = attachments <= MostOnStack ? stackalloc bool[attachments] : new bool[attachments];
        var elements = 0;
        var member = Member.Other;
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            if (depth == 1 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray)) elements++;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    member = MemberOf(reader);
                    continue;
                case JsonTokenType.EndObject:
                    var ended = open[depth + 1];
                    if (!ended.Marked) break;
                    if (ended.Number < 0 || ended.Number >= attachments || named[ended.Number]) return false;
                    named[ended.Number] = true;
                    if (depth == 1 && elements == 1) first = ended.Number;
                    break;
                case JsonTokenType.EndArray:
                    break;
                default:
                    if (member == Member.Marker) open[depth].Marked = reader.TokenType == JsonTokenType.True;
                    if (member == Member.Number) open[depth].Number = NumberOf(reader);
                    if (reader.TokenType == JsonTokenType.StartObject) open[depth + 1] = new() { Number = NoNumber };
                    break;
            }
            member = Member.Other;
        }
        return true;
    }

    private static int NumberOf(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : NoNumber;

    private static Member MemberOf(in Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        if (!reader.ValueIsEscaped) return MemberOf(name);
        // Of the names that matter the longest takes 72 bytes with all of its characters escaped.
        Span<byte> unescaped = stackalloc byte[72];
        return name.Length <= unescaped.Length && JsonText.TryUnescape(name, unescaped, out var size)
            ? MemberOf(unescaped[..size])
            : Member.Other;
    }

    private static Member MemberOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("_placeholder"u8) ? Member.Marker : name.SequenceEqual("num"u8) ? Member.Number : Member.Other;

    private enum Member : byte
    {
        Other,
        Marker,
        Number,
    }

    private struct Open
    {
        public bool Marked;
        public int Number;
    }
}
