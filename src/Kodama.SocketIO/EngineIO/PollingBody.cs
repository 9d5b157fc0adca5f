using System.Buffers;
using System.Buffers.Binary;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Turns what waits for a session, WebSocket frames that this server has written, into a polling body. So a message is encoded once for the
/// sockets of both transports, and what waits survives an upgrade. Thread-safe, allocates nothing.
/// </summary>
internal static class PollingBody
{
    /// <summary>Writes whole, unmasked, uncompressed frames of <see cref="EngineFormat.WebSocket"/> or its v3 in a format of
    /// polling.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="format">The body's format; of <see cref="EngineFormat.Polling"/> the last separator is still to be cut off.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ReadOnlySpan<byte> frames, EngineFormat format, IBufferWriter<byte> output)
    {
        while (!frames.IsEmpty)
        {
            var opcode = Take(ref frames, out var data);
            if (opcode == Opcode.Text) WriteText(data, format, output);
            else if (opcode == Opcode.Binary) WriteBinary(format == EngineFormat.Polling ? data : data[1..], format, output);
        }
    }

    /// <summary>Whether a frame is binary: only then a v3 body is <see cref="EngineFormat.PollingV3Binary"/>.</summary>
    public static bool HasBinary(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            if (Take(ref frames, out _) == Opcode.Binary) return true;
        }
        return false;
    }

    private static Opcode Take(ref ReadOnlySpan<byte> frames, out ReadOnlySpan<byte> data)
    {
        var opcode = (Opcode)(frames[0] & 0xF);
        var length = frames[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(frames[2..]),
            127 => checked((int)BinaryPrimitives.ReadInt64BigEndian(frames[2..])),
            _ => frames[1],
        };
        var header = FrameWriter.HeaderSize(length, masked: false);
        data = frames.Slice(header, length);
        frames = frames[(header + length)..];
        return opcode;
    }

    private static void WriteText(ReadOnlySpan<byte> text, EngineFormat format, IBufferWriter<byte> output)
    {
        var size = EnginePacketWriter.TextSize(format, text[1..]);
        EnginePacketWriter.WriteText(output.GetSpan(size), format, (EnginePacketType)(text[0] - '0'), text[1..]);
        output.Advance(size);
    }

    private static void WriteBinary(ReadOnlySpan<byte> data, EngineFormat format, IBufferWriter<byte> output)
    {
        var size = EnginePacketWriter.BinarySize(format, data.Length);
        EnginePacketWriter.WriteBinary(output.GetSpan(size), format, data);
        output.Advance(size);
    }
}
