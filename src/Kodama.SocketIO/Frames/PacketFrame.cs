using System.Buffers;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>A packet with its attachments as one frame of the hub, for every peer that speaks this version.</summary>
internal static class PacketFrame
{
    /// <summary>Writes the packet into a frame from <see cref="Frame.Rent"/>; the caller releases it.</summary>
    /// <param name="packet">What to write.</param>
    /// <param name="version">What the peers speak.</param>
    /// <param name="deflate">How large WebSocket messages are compressed, for peers that have negotiated it.</param>
    public static Frame Encode(in OutgoingPacket packet, EngineVersion version, PerMessageDeflateOptions? deflate = null)
    {
        var size = PacketWriter.Size(packet);
        if (deflate is not null && size + 1 >= deflate.Threshold) return EncodeDeflated(packet, version, size, deflate);

        var header = EnginePacketWriter.HeaderSize(size);
        var frame = Frame.Rent(header + size + AttachmentsSize(packet, version));
        EnginePacketWriter.WriteHeader(frame.Span, EnginePacketType.Message, size);
        PacketWriter.Write(packet, frame.Span[header..]);
        WriteAttachments(packet, version, frame.Span[(header + size)..]);
        return frame;
    }

    /// <summary>A packet of Engine.IO itself, such as a noop, without data.</summary>
    public static Frame Encode(EnginePacketType type)
    {
        var frame = Frame.Rent(EnginePacketWriter.TextSize(0));
        EnginePacketWriter.WriteText(frame.Span, type, default);
        return frame;
    }

    private static Frame EncodeDeflated(in OutgoingPacket packet, EngineVersion version, int size, PerMessageDeflateOptions deflate)
    {
        var text = ArrayPool<byte>.Shared.Rent(1 + size);
        text[0] = (byte)('0' + (int)EnginePacketType.Message);
        PacketWriter.Write(packet, text.AsSpan(1));
        var output = new ArrayBufferWriter<byte>(size / 2 + 1);
        Deflater.Deflate(text.AsSpan(0, 1 + size), output, deflate.Level);
        ArrayPool<byte>.Shared.Return(text);
        if (output.WrittenCount > size) return Encode(packet, version);

        var header = FrameWriter.HeaderSize(output.WrittenCount, masked: false);
        var frame = Frame.Rent(header + output.WrittenCount + AttachmentsSize(packet, version));
        FrameWriter.Write(frame.Span, Opcode.Text, output.WrittenSpan, compressed: true);
        WriteAttachments(packet, version, frame.Span[(header + output.WrittenCount)..]);
        return frame;
    }

    private static int AttachmentsSize(in OutgoingPacket packet, EngineVersion version)
    {
        var size = 0;
        for (var i = 0; i < packet.AttachmentCount; i++) size += EnginePacketWriter.BinarySize(version, packet.Attachment(i).Length);
        return size;
    }

    private static void WriteAttachments(in OutgoingPacket packet, EngineVersion version, Span<byte> destination)
    {
        for (var i = 0; i < packet.AttachmentCount; i++)
            destination = destination[EnginePacketWriter.WriteBinary(destination, version, packet.Attachment(i).Span)..];
    }
}
