using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Writes packets as WebSocket frames, which is how they wait for a session, whatever its transport: a GET turns them into a body (<see
/// cref="PollBody"/>). What writes returns how many bytes it wrote. Thread-safe, allocates nothing but for <see cref="Frame"/>.
/// </summary>
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

    /// <summary>Writes a packet with text, or none.</summary>
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

    /// <summary>Writes a message of bytes.</summary>
    public static int WriteBinary(Span<byte> destination, EngineVersion version, ReadOnlySpan<byte> data)
    {
        if (version == EngineVersion.V4) return FrameWriter.Write(destination, Opcode.Binary, data);
        var size = FrameWriter.WriteHeader(destination, Opcode.Binary, TypeSize + data.Length);
        destination[size++] = (byte)EnginePacketType.Message;
        data.CopyTo(destination[size..]);
        return size + data.Length;
    }

    /// <summary>A packet with text in an array of its own.</summary>
    public static byte[] Frame(EnginePacketType type, ReadOnlySpan<byte> text = default)
    {
        var frame = new byte[TextSize(text.Length)];
        WriteText(frame, type, text);
        return frame;
    }
}
