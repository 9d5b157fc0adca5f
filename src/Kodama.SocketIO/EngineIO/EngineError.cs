using System.Buffers;

namespace Kodama.SocketIO;

/// <summary>Why a request is refused: the <c>code</c> of its JSON body, as engine.io clients know it.</summary>
internal enum EngineError : byte
{
    UnknownTransport = 0,
    UnknownSid = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedVersion = 5,
}

internal static class EngineErrorBody
{
    /// <summary>403 for what the application refused, 400 for all else.</summary>
    public static int Status(this EngineError error) => error == EngineError.Forbidden ? 403 : 400;

    /// <summary>Node's text.</summary>
    public static string Text(this EngineError error) => error switch
    {
        EngineError.UnknownTransport => "Transport unknown",
        EngineError.UnknownSid => "Session ID unknown",
        EngineError.BadHandshakeMethod => "Bad handshake method",
        EngineError.BadRequest => "Bad request",
        EngineError.Forbidden => "Forbidden",
        _ => "Unsupported protocol version",
    };

    /// <summary>Writes <c>{"code":n,"message":"..."}</c>.</summary>
    /// <param name="error">The code.</param>
    /// <param name="output">Where to.</param>
    /// <param name="message">The application's own message in UTF-8; empty for <see cref="Text"/>.</param>
    public static void WriteJson(this EngineError error, IBufferWriter<byte> output, string? message = null)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(message is { Length: > 0 } ? message : error.Text());
        output.Write("{\"code\":"u8);
        output.Write([(byte)('0' + (int)error)]);
        output.Write(",\"message\":\""u8);
        var size = JsonText.EscapedSize(text);
        JsonText.Escape(text, output.GetSpan(size));
        output.Advance(size);
        output.Write("\"}"u8);
    }
}
