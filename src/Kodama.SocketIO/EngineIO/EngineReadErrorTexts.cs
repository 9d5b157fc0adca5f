namespace Kodama.SocketIO;

internal static class EngineReadErrorTexts
{
    /// <summary>The error for a log: what was wrong and what a client should send.</summary>
    public static string Text(this EngineReadError error) => error switch
    {
        EngineReadError.Empty => "An Engine.IO packet is empty; it begins with its type, 0 to 6.",
        EngineReadError.UnknownType => "The type of an Engine.IO packet is not 0 to 6.",
        EngineReadError.BadBase64 => "A packet that begins with b is not base64.",
        EngineReadError.BadUtf8 => "A polling body is not UTF-8.",
        EngineReadError.BadLength => "A packet's length in a polling body does not fit the packet.",
        EngineReadError.TooManyPackets => "A polling body holds too many packets; send them in several bodies.",
        _ => "",
    };
}
