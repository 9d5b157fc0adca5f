using System.Buffers;
using System.Buffers.Text;

namespace Kodama.SocketIO;

/// <summary>What was wrong with an Engine.IO packet or a polling body. Each ends the session, with node's reason <c>parse
/// error</c>.</summary>
internal enum EngineReadError : byte
{
    None,
    Empty,
    UnknownType,
    BadBase64,
    BadUtf8,
    BadLength,
    TooManyPackets,
}

/// <summary>
/// Reads single packets: a WebSocket message, or a record of a polling body. Thread-safe, allocates nothing.
/// <code>
/// text    = type [data]  |  "b" base64            (v4: a binary message)
///                        |  "b" type base64       (v3)
/// binary  = data (v4: a message)  |  octet-type data (v3)
/// type    = "0" ... "6"
/// </code>
/// </summary>
internal static class EnginePacketReader
{
    /// <summary>Reads a text whose bytes are known to be UTF-8. Base64 is decoded in place.</summary>
    public static EngineReadError ReadText(EngineVersion version, Memory<byte> text, out EnginePacket packet)
    {
        packet = default;
        if (text.IsEmpty) return EngineReadError.Empty;
        if (text.Span[0] == (byte)'b') return ReadBase64(version, text[1..], out packet);
        var type = text.Span[0] - '0';
        if (type is < (int)EnginePacketType.Open or > (int)EnginePacketType.Noop) return EngineReadError.UnknownType;
        packet = new((EnginePacketType)type, false, text[1..]);
        return EngineReadError.None;
    }

    /// <summary>Reads the bytes of a binary WebSocket message, or a binary record of a v3 body.</summary>
    public static EngineReadError ReadBinary(EngineVersion version, Memory<byte> bytes, out EnginePacket packet)
    {
        packet = new(EnginePacketType.Message, true, bytes);
        if (version == EngineVersion.V4) return EngineReadError.None;
        if (bytes.IsEmpty) return EngineReadError.Empty;
        var type = bytes.Span[0];
        if (type > (int)EnginePacketType.Noop) return EngineReadError.UnknownType;
        packet = new((EnginePacketType)type, true, bytes[1..]);
        return EngineReadError.None;
    }

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

    private static EngineReadError ReadBase64(EngineVersion version, Memory<byte> text, out EnginePacket packet)
    {
        packet = default;
        var type = EnginePacketType.Message;
        if (version == EngineVersion.V3)
        {
            if (text.IsEmpty) return EngineReadError.Empty;
            type = (EnginePacketType)(text.Span[0] - '0');
            if (type > EnginePacketType.Noop) return EngineReadError.UnknownType;
            text = text[1..];
        }
        if (Base64.DecodeFromUtf8InPlace(text.Span, out var length) != OperationStatus.Done) return EngineReadError.BadBase64;
        packet = new(type, true, text[..length]);
        return EngineReadError.None;
    }
}
