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
        first = -1;
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        var marks = new PlaceholderMarks(stackalloc PlaceholderMarks.Mark[limits.MaxDepth + 1]);
        Span<bool> named = attachments <= MostOnStack ? stackalloc bool[attachments] : new bool[attachments];
        var elements = 0;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray)) elements++;
            if (marks.See(reader) is not { } number) continue;
            if (number < 0 || number >= attachments || named[number]) return false;
            named[number] = true;
            if (reader.CurrentDepth == 1 && elements == 1) first = number;
        }
        return true;
    }
}

/// <summary>Finds placeholders in JSON while it is read, token by token.</summary>
/// <param name="open">One for each depth, and one more.</param>
internal ref struct PlaceholderMarks(Span<PlaceholderMarks.Mark> open)
{
    private const int NoNumber = -1;

    private readonly Span<Mark> open = open;
    private Member member;

    private enum Member : byte
    {
        Other,
        Marker,
        Number,
    }

    /// <summary>Sees the next token. Of a placeholder's end it answers the number, -1 for none that an attachment has; else null.</summary>
    public int? See(in Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        var before = member;
        member = Member.Other;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                member = MemberOf(reader);
                return null;
            case JsonTokenType.EndObject:
                return open[depth + 1].IsPlaceholder ? open[depth + 1].Number : null;
            case JsonTokenType.EndArray:
                return null;
        }
        if (before == Member.Marker) open[depth].IsPlaceholder = reader.TokenType == JsonTokenType.True;
        if (before == Member.Number) open[depth].Number = NumberOf(reader);
        if (reader.TokenType == JsonTokenType.StartObject) open[depth + 1] = new() { Number = NoNumber };
        return null;
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

    internal struct Mark
    {
        public bool IsPlaceholder;
        public int Number;
    }
}
