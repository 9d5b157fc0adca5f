using System.Text.Json;

namespace Kodama.Client;

/// <summary>An event with arguments, as the hub writes those of clients that have them (docs/specs/websocket.md).</summary>
public sealed class ReceivedEvent
{
    private ReceivedEvent(string name, IReadOnlyList<JsonElement> arguments)
    {
        Event = name;
        Arguments = arguments;
    }

    /// <summary>Its name.</summary>
    public string Event { get; }

    /// <summary>Its arguments; a binary one is <c>{"$binary":"base64"}</c>, see <see cref="TryGetBytes"/>.</summary>
    public IReadOnlyList<JsonElement> Arguments { get; }

    /// <summary>The bytes of a binary argument. False, when there is no such argument or it is not binary.</summary>
    public bool TryGetBytes(int argument, out byte[] bytes)
    {
        bytes = [];
        return argument >= 0
            && argument < Arguments.Count
            && Arguments[argument] is { ValueKind: JsonValueKind.Object } element
            && element.TryGetProperty("$binary"u8, out var base64)
            && base64.ValueKind == JsonValueKind.String
            && base64.TryGetBytesFromBase64(out bytes!);
    }

    internal static ReceivedEvent? TryRead(ReadOnlyMemory<byte> json)
    {
        // Most messages are none: no exception for them.
        if (json.Span is not [(byte)'{', .., (byte)'}']) return null;
        try
        {
            var root = JsonElement.Parse(json.Span);
            return root.EnumerateObject().Count() == 2
                && root.TryGetProperty("event"u8, out var name)
                && name.ValueKind == JsonValueKind.String
                && root.TryGetProperty("args"u8, out var arguments)
                && arguments.ValueKind == JsonValueKind.Array
                    ? new ReceivedEvent(name.GetString()!, [.. arguments.EnumerateArray()])
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
