using System.Text;
using System.Text.Json;

namespace Kodama.Cli.Connect;

/// <summary>A message as the hub's event stream shows it: with its sender, but maybe cut.</summary>
internal sealed class RoomMessage
{
    // What a raw peer says, or hears as one text or one binary, is this event.
    private const string DefaultEvent = "message";

    private readonly string called;
    private readonly byte[]? text;
    private readonly bool isCut;
    private readonly int? binaryLength;
    private readonly IReadOnlyList<JsonElement>? arguments;

    private RoomMessage(JsonElement message)
    {
        From = message.TryGetProperty("from", out var sender) ? RoomPeer.TryRead(sender) : null;
        called = Text(message, "event") ?? DefaultEvent;
        isCut = message.TryGetProperty("cut", out var cut) && cut.ValueKind == JsonValueKind.True;
        binaryLength = message.TryGetProperty("binary", out var binary) && binary.ValueKind == JsonValueKind.Object
            && binary.TryGetProperty("length", out var length) && length.TryGetInt32(out var count)
            ? count
            : null;
        arguments = message.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array
            ? [.. args.EnumerateArray().Select(a => a.Clone())]
            : null;
        var said = called == DefaultEvent && arguments is [{ ValueKind: JsonValueKind.String } only]
            ? only.GetString()
            : Text(message, "text");
        text = said is null ? null : Encoding.UTF8.GetBytes(said);
    }

    /// <summary>Who said it; null for the hub itself.</summary>
    public RoomPeer? From { get; }

    /// <exception cref="InvalidOperationException">It is no JSON object.</exception>
    public static RoomMessage Read(JsonElement message) => new(message);

    /// <summary>Whether a message that came by the WebSocket can be this one.</summary>
    public bool IsSame(ShownMessage shown)
    {
        if (binaryLength is { } length) return !shown.IsText && shown.Bytes.Length == length;
        if (called == DefaultEvent && text is not null)
            return shown.IsText && (isCut ? shown.Bytes.StartsWith(text) : shown.Bytes.SequenceEqual(text));
        return shown.Event is { } received && received.Event == called && (arguments is null || IsSame(arguments, received.Arguments));
    }

    private static bool IsSame(IReadOnlyList<JsonElement> heard, IReadOnlyList<JsonElement> shown) =>
        heard.Count == shown.Count && heard.Zip(shown).All(pair => JsonElement.DeepEquals(pair.First, pair.Second));

    private static string? Text(JsonElement message, string property) =>
        message.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
