using System.Text;

namespace Kodama.WebSockets.Tests;

/// <summary>An event that a reader answered, in a form that compares and prints.</summary>
internal sealed record Seen(ReadEvent Event, string Payload, ushort Code = 0)
{
    public static Seen Text(string text) => new(ReadEvent.Message, "text " + Hex.Of(Encoding.UTF8.GetBytes(text)));

    public static Seen Binary(ReadOnlySpan<byte> bytes) => new(ReadEvent.Message, "binary " + Hex.Of(bytes));

    public static Seen Ping(string text) => new(ReadEvent.Ping, Hex.Of(Encoding.UTF8.GetBytes(text)));

    public static Seen Pong(string text) => new(ReadEvent.Pong, Hex.Of(Encoding.UTF8.GetBytes(text)));

    public static Seen Close(ushort code, string reason = "") => new(ReadEvent.Close, reason, code);

    /// <summary>The words of an error are for people: only the code is compared.</summary>
    public static Seen Error(ushort code) => new(ReadEvent.Error, "", code);

    public static Seen In(MessageReader reader, ReadEvent answered)
    {
        if (answered == ReadEvent.Error)
            Assert.InRange(Encoding.UTF8.GetByteCount(reader.CloseReason), 1, FrameWriter.MaxCloseReason);
        return answered switch
        {
            ReadEvent.Message => new(
                answered, (reader.MessageType == MessageType.Text ? "text " : "binary ") + Hex.Of(reader.Payload.Span)),
            ReadEvent.Close => new(answered, reader.CloseReason, reader.CloseCode),
            ReadEvent.Error => new(answered, "", reader.CloseCode),
            _ => new(answered, Hex.Of(reader.Payload.Span)),
        };
    }
}
