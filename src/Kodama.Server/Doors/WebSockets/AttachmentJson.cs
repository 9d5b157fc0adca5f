using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>Arguments with their attachments in them: <c>{"$binary":"base64"}</c> where a placeholder names one.</summary>
/// <remarks>
/// Each is written once, at its first placeholder: a client that has its arguments come back by way of the application could otherwise turn
/// a few bytes each into a copy each. All else is copied as it is.
/// </remarks>
internal static class AttachmentJson
{
    private const int NoNumber = -1;

    // Whoever made the arguments has bounded their levels already.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    public static ReadOnlySpan<byte> Insert(ReadOnlySpan<byte> arguments, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var output = new ArrayBufferWriter<byte>(arguments.Length);
        var written = new bool[attachments.Count];
        var copied = 0;
        foreach (var (start, end, number) in Find(arguments, attachments.Count))
        {
            if (written[number]) continue;
            written[number] = true;
            output.Write(arguments[copied..start]);
            Write(output, attachments[number].Span);
            copied = end;
        }
        output.Write(arguments[copied..]);
        return output.WrittenSpan;
    }

    /// <summary>The placeholders in their order; of one within another the outer.</summary>
    private static List<(int Start, int End, int Number)> Find(ReadOnlySpan<byte> arguments, int count)
    {
        var found = new List<(int Start, int End, int Number)>();
        var open = new Stack<Value>();
        var current = default(Value);
        var member = Member.Other;
        var reader = new Utf8JsonReader(arguments, AnyDepth);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    member = MemberOf(reader);
                    continue;
                case JsonTokenType.EndArray:
                    current = open.Pop();
                    break;
                case JsonTokenType.EndObject:
                    var (start, isMarked, number) = current;
                    current = open.Pop();
                    if (!isMarked || number < 0 || number >= count) break;
                    found.RemoveAll(inner => inner.Start > start);
                    found.Add((start, (int)reader.BytesConsumed, number));
                    break;
                default:
                    // Of members with the same name the last counts.
                    if (member == Member.Marker) current.IsMarked = reader.TokenType == JsonTokenType.True;
                    if (member == Member.Number) current.Number = NumberOf(reader);
                    if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) break;
                    open.Push(current);
                    current = new((int)reader.TokenStartIndex, IsMarked: false, NoNumber);
                    break;
            }
            member = Member.Other;
        }
        return found;
    }

    private static Member MemberOf(in Utf8JsonReader reader)
    {
        // To compare a name with half a character in it throws.
        if (reader.ValueIsEscaped && !JsonEscapes.AreWhole(reader.ValueSpan)) return Member.Other;
        return reader.ValueTextEquals("_placeholder"u8) ? Member.Marker : reader.ValueTextEquals("num"u8) ? Member.Number : Member.Other;
    }

    private static int NumberOf(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : NoNumber;

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.Write("{\"$binary\":\""u8);
        Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var length);
        output.Advance(length);
        output.Write("\"}"u8);
    }

    private enum Member : byte
    {
        Other,
        Marker,
        Number,
    }

    private record struct Value(int Start, bool IsMarked, int Number);
}
