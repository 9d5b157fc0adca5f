using System.Buffers;
using System.Buffers.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>What an Engine.IO packet is for; the value is its digit on the wire.</summary>
internal enum EnginePacketType : byte
{
    Open,
    Close,
    Ping,
    Pong,
    Message,
    Upgrade,
    Noop,
}

/// <summary>The revision of Engine.IO that a client speaks, its <c>EIO</c> query parameter.</summary>
internal enum EngineVersion : byte
{
    /// <summary>Clients of Socket.IO 1 and 2.</summary>
    V3 = 3,

    /// <summary>Clients of Socket.IO 3 and 4.</summary>
    V4 = 4,
}

/// <summary>What was wrong with a packet or a polling body, for a log. Each ends the session with <c>parse error</c>.</summary>
internal static class EngineReadError
{
    public const string Empty = "An Engine.IO packet is empty; it begins with its type, 0 to 6.";
    public const string UnknownType = "The type of an Engine.IO packet is not 0 to 6.";
    public const string BadBase64 = "A packet that begins with b is not base64.";
    public const string BadUtf8 = "A polling body is not UTF-8.";
    public const string BadLength = "A packet's length in a polling body does not fit the packet.";
    public const string TooManyPackets = "A polling body holds too many packets; send them in several bodies.";
}

/// <summary>
/// An Engine.IO packet: a WebSocket message, or a record of a polling body. Its data is a slice of what it was read from.
/// <code>
/// text    = type [data]  |  "b" base64            (v4: a binary message)
///                        |  "b" type base64       (v3)
/// binary  = data (v4: a message)  |  octet-type data (v3)
/// type    = "0" ... "6"
/// </code>
/// </summary>
internal readonly record struct EnginePacket(EnginePacketType Type, bool IsBinary, Memory<byte> Data)
{
    /// <summary>Whether this is the ping of an upgrade.</summary>
    public bool IsProbe => Type == EnginePacketType.Ping && !IsBinary && Data.Span.SequenceEqual("probe"u8);

    /// <summary>Reads a text that is UTF-8, decoding base64 in place, or says what is wrong (<see cref="EngineReadError"/>).</summary>
    public static string? ReadText(EngineVersion version, Memory<byte> text, out EnginePacket packet)
    {
        packet = default;
        if (text.IsEmpty) return EngineReadError.Empty;
        if (text.Span[0] != (byte)'b') return Read((byte)'0', text, isBinary: false, out packet);
        text = text[1..];
        if (version == EngineVersion.V4) packet = new(EnginePacketType.Message, true, text);
        else if (Read((byte)'0', text, isBinary: true, out packet) is { } error) return error;
        if (Base64.DecodeFromUtf8InPlace(packet.Data.Span, out var length) != OperationStatus.Done) return EngineReadError.BadBase64;
        packet = packet with { Data = packet.Data[..length] };
        return null;
    }

    /// <summary>Reads the bytes of a binary WebSocket message, or a binary record of a v3 body. As <see cref="ReadText"/>.</summary>
    public static string? ReadBinary(EngineVersion version, Memory<byte> bytes, out EnginePacket packet)
    {
        packet = new(EnginePacketType.Message, true, bytes);
        return version == EngineVersion.V4 ? null : Read(0, bytes, isBinary: true, out packet);
    }

    private static string? Read(byte zero, Memory<byte> bytes, bool isBinary, out EnginePacket packet)
    {
        packet = default;
        if (bytes.IsEmpty) return EngineReadError.Empty;
        var type = (EnginePacketType)(bytes.Span[0] - zero);
        if (type > EnginePacketType.Noop) return EngineReadError.UnknownType;
        packet = new(type, isBinary, bytes[1..]);
        return null;
    }
}

/// <summary>Writes packets as WebSocket frames, which is how they wait for a session, whatever its transport: a GET turns them into a body
/// (<see cref="PollBody"/>). What writes returns how many bytes it wrote.</summary>
internal static class EnginePacketWriter
{
    private const int TypeSize = 1;

    /// <summary>The bytes of a packet with <paramref name="length"/> bytes of text.</summary>
    public static int TextSize(int length) => HeaderSize(length) + length;

    /// <summary>The bytes before a text.</summary>
    public static int HeaderSize(int length) => FrameWriter.HeaderSize(TypeSize + length, masked: false) + TypeSize;

    /// <summary>Writes what stands before a text.</summary>
    public static int WriteHeader(Span<byte> destination, EnginePacketType type, int length)
    {
        var size = FrameWriter.WriteHeader(destination, Opcode.Text, TypeSize + length);
        destination[size] = (byte)('0' + (int)type);
        return size + TypeSize;
    }

    public static int WriteText(Span<byte> destination, EnginePacketType type, ReadOnlySpan<byte> text)
    {
        var size = WriteHeader(destination, type, text.Length);
        text.CopyTo(destination[size..]);
        return size + text.Length;
    }

    /// <summary>The bytes of a message of <paramref name="length"/> bytes.</summary>
    public static int BinarySize(EngineVersion version, int length)
    {
        if (version == EngineVersion.V3) length += TypeSize;
        return FrameWriter.HeaderSize(length, masked: false) + length;
    }

    public static int WriteBinary(Span<byte> destination, EngineVersion version, ReadOnlySpan<byte> data)
    {
        if (version == EngineVersion.V4) return FrameWriter.Write(destination, Opcode.Binary, data);
        var size = FrameWriter.WriteHeader(destination, Opcode.Binary, TypeSize + data.Length);
        destination[size++] = (byte)EnginePacketType.Message;
        data.CopyTo(destination[size..]);
        return size + data.Length;
    }

    public static byte[] Frame(EnginePacketType type, ReadOnlySpan<byte> text = default)
    {
        var frame = new byte[TextSize(text.Length)];
        WriteText(frame, type, text);
        return frame;
    }
}
