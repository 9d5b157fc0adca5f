using System.Buffers;
using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>An event's data as a payload (docs/specs/pusher.md, R3).</summary>
internal static class EventData
{
    private static readonly SearchValues<byte> InNumbers = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Data that are a text: JSON as the one argument of the event; anything else, and that of event <c>message</c>, as
    /// text.</summary>
    public static Payload OfText(string eventName, ReadOnlySpan<byte> utf8)
    {
        if (eventName == Message.DefaultEvent || !IsJson(utf8)) return Payload.OfText(utf8.ToArray());
        return Argument(utf8);
    }

    /// <summary>Data that are JSON: a string is the text in it.</summary>
    public static Payload OfJson(string eventName, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return Payload.Arguments("[null]"u8.ToArray());
        if (json[0] == (byte)'"')
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            var text = new byte[json.Length];
            return OfText(eventName, text.AsSpan(0, reader.CopyString(text)));
        }
        return eventName == Message.DefaultEvent ? Payload.OfText(json.ToArray()) : Argument(json);
    }

    private static Payload Argument(ReadOnlySpan<byte> json)
    {
        var array = new byte[json.Length + 2];
        array[0] = (byte)'[';
        json.CopyTo(array.AsSpan(1));
        array[^1] = (byte)']';
        return Payload.Arguments(array);
    }

    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        // Most texts that are none: the reader says so by an exception, which costs more than all else of a message.
        if (!MayBeJson(utf8.Trim(" \t\r\n"u8))) return false;
        try
        {
            // One level less: it becomes an argument.
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 63 });
            if (!reader.Read()) return false;
            reader.Skip();
            return !reader.Read() && JsonEscapes.AreWhole(utf8);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // By how it begins and ends.
    private static bool MayBeJson(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'{', .., (byte)'}'] or [(byte)'[', .., (byte)']'] or [(byte)'"', .., (byte)'"'] => true,
        [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] => !text.ContainsAnyExcept(InNumbers),
        _ => text.SequenceEqual("null"u8) || text.SequenceEqual("true"u8) || text.SequenceEqual("false"u8),
    };
}
