using System.Text.Json;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A message as the hub's event stream shows it: with its sender, but maybe cut.</summary>
internal sealed record RoomMessage(RoomPeer? From, string? Text, bool IsCut, int? BinaryLength, string? Event)
{
    private const string DefaultEvent = "message";

    public static RoomMessage Read(JsonElement message)
    {
        var from = message.TryGetProperty("from", out var sender) ? RoomPeer.TryRead(sender) : null;
        var cut = message.TryGetProperty("cut", out var isCut) && isCut.ValueKind == JsonValueKind.True;
        var text = message.TryGetProperty("text", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
        int? binary = message.TryGetProperty("binary", out var bytes) && bytes.ValueKind == JsonValueKind.Object && bytes.TryGetProperty("length", out var length) && length.TryGetInt32(out var count)
            ? count
            : null;
        var name = message.TryGetProperty("event", out var called) && called.ValueKind == JsonValueKind.String ? called.GetString() : null;
        // One string as event "message" is what a raw peer sees as that text.
        if (name == DefaultEvent && message.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array && args.GetArrayLength() == 1 && args[0].ValueKind == JsonValueKind.String)
            text = args[0].GetString();
        return new RoomMessage(from, text, cut, binary, name);
    }

    /// <summary>Whether a message that came by the WebSocket can be this one.</summary>
    public bool IsSame(HubMessage message)
    {
        if (Text is not null) return message.IsText && (IsCut ? message.Text.StartsWith(Text, StringComparison.Ordinal) : message.Text == Text);
        if (BinaryLength is { } length) return !message.IsText && message.Bytes.Length == length;
        return message.TryReadEvent(out var received) && received.Event == Event;
    }
}
