using System.Text.Json;

namespace Kodama.SocketIO.Program;

/// <summary>Arguments of an event, taken apart.</summary>
internal static class EventArguments
{
    /// <summary>Those from this place on, bytes as placeholders.</summary>
    public static JsonElement[] Elements(this SocketIOEvent e, int first = 0) =>
        [.. JsonElement.Parse(e.Arguments.Span).EnumerateArray().Skip(first)];

    /// <summary>The same with their bytes, to be sent on.</summary>
    public static Payload Rest(this SocketIOEvent e, int first) =>
        Payload.Arguments(JsonSerializer.SerializeToUtf8Bytes(e.Elements(first)), e.Attachments);

    /// <summary>Acknowledges with its own arguments.</summary>
    public static void AckSame(this SocketIOEvent e)
    {
        switch (e.Elements().Length)
        {
            case 0:
                e.Ack();
                break;
            case 1:
                e.Ack(e.Get<Any>(0));
                break;
            case 2:
                e.Ack(e.Get<Any>(0), e.Get<Any>(1));
                break;
            default:
                throw new InvalidOperationException("There is no acknowledgement with more than two arguments.");
        }
    }
}
