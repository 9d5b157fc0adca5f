using System.Text;
using System.Text.Json;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>What a peer of the raw door would get of a message (docs/specs/websocket.md): one form of it for people and programs.</summary>
internal static class RawForm
{
    private const string DefaultEvent = "message";

    public static HubMessage Of(RoomMessage message) =>
        message.Event == DefaultEvent && !message.Payload.IsArguments
            ? new HubMessage(message.Bytes, isText: message.Payload.IsText)
            : new HubMessage(Encoding.UTF8.GetBytes(Event(message)), isText: true);

    private static string Event(RoomMessage message) =>
        $$"""{"event":{{Quoted(message.Event)}},"args":{{Arguments(message.Payload)}}}""";

    private static string Arguments(RoomPayload payload) =>
        payload.IsArguments ? payload.Text
        : payload.IsText ? $"[{Quoted(payload.Text)}]"
        : $$"""[{"$binary":"{{Convert.ToBase64String(payload.Bytes.Span)}}"}]""";

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
