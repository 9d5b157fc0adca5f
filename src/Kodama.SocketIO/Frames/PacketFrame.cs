using System.Buffers;
using System.Buffers.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>How packets are written for a session: for its parser, and its revision of Engine.IO.</summary>
internal enum PacketFormat : byte
{
    Json,

    /// <summary>Bytes of npm's socket.io-msgpack-parser.</summary>
    MessagePack,

    /// <summary>JSON on Engine.IO 3.</summary>
    JsonV3,
}

/// <summary>A packet with its attachments as one frame of the hub, for every peer that reads this format.</summary>
internal static class PacketFrame
{
    /// <summary>Writes the packet into a frame from <see cref="Frame.Rent"/>; the caller releases it.</summary>
    /// <param name="packet">What to write.</param>
    /// <param name="format">What the peers read.</param>
    /// <param name="deflate">How large WebSocket messages are compressed, for peers that have negotiated it.</param>
    public static Frame Encode(in OutgoingPacket packet, PacketFormat format, PerMessageDeflateOptions? deflate = null)
    {
        if (format == PacketFormat.MessagePack) return EncodeBytes(packet, deflate);
        var version = format == PacketFormat.JsonV3 ? EngineVersion.V3 : EngineVersion.V4;
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

    /// <summary>An event's frame and the same in MessagePack behind it, where it is there.</summary>
    public static (Frame Json, Frame Packed) Split(in Frame both)
    {
        ReadOnlySpan<byte> rest = both.Span;
        PollBody.TakeFrame(ref rest, out var text);
        var attachments = 0;
        if (text[1] == '0' + (int)PacketType.BinaryEvent) _ = Utf8Parser.TryParse(text[2..], out attachments, out _);
        for (; attachments > 0; attachments--) PollBody.TakeFrame(ref rest, out _);
        var length = both.Length - rest.Length;
        return (both.Slice(0, length), rest.IsEmpty ? default : both.Slice(length, rest.Length));
    }

    /// <summary>An event's frame in JSON as one in MessagePack.</summary>
    public static ReadOnlyMemory<byte> ToMessagePack(ReadOnlySpan<byte> json)
    {
        PollBody.TakeFrame(ref json, out var text);
        var error = PacketReader.Read(text[1..].ToArray(), PacketLimits.None, out var packet);
        if (error != PacketError.None) throw new InvalidOperationException($"A kept event cannot be read: {error.Text()}");
        var attachments = new List<ReadOnlyMemory<byte>>();
        while (!json.IsEmpty)
        {
            PollBody.TakeFrame(ref json, out var bytes);
            attachments.Add(bytes.ToArray());
        }
        var arguments = Payload.Arguments(packet.Data, attachments);
        var frame = Encode(OutgoingPacket.ForEvent(packet.Namespace, packet.GetEventName(), arguments), PacketFormat.MessagePack);
        var written = frame.Span.ToArray();
        frame.Release();
        return written;
    }

    private static Frame EncodeBytes(in OutgoingPacket packet, PerMessageDeflateOptions? deflate)
    {
        var bytes = MessagePackWriter.Write(packet);
        if (deflate is null || bytes.Length < deflate.Threshold || !TryDeflate(bytes.Span, Opcode.Binary, 0, deflate, out var frame, out _))
        {
            frame = Frame.Rent(EnginePacketWriter.BinarySize(EngineVersion.V4, bytes.Length));
            EnginePacketWriter.WriteBinary(frame.Span, EngineVersion.V4, bytes.Span);
        }
        bytes.Return();
        return frame;
    }

    private static Frame EncodeDeflated(in OutgoingPacket packet, EngineVersion version, int size, PerMessageDeflateOptions deflate)
    {
        var text = ArrayPool<byte>.Shared.Rent(1 + size);
        text[0] = (byte)('0' + (int)EnginePacketType.Message);
        PacketWriter.Write(packet, text.AsSpan(1));
        var isSmaller = TryDeflate(
            text.AsSpan(0, 1 + size), Opcode.Text, AttachmentsSize(packet, version), deflate, out var frame, out var end);
        ArrayPool<byte>.Shared.Return(text);
        if (!isSmaller) return Encode(packet, version == EngineVersion.V3 ? PacketFormat.JsonV3 : PacketFormat.Json);
        WriteAttachments(packet, version, frame.Span[end..]);
        return frame;
    }

    /// <summary>The message compressed, in a frame with room for what follows behind its end. False, if it is no smaller.</summary>
    private static bool TryDeflate(
        ReadOnlySpan<byte> message, Opcode opcode, int following, PerMessageDeflateOptions deflate, out Frame frame, out int end)
    {
        (frame, end) = (default, 0);
        var output = new ArrayBufferWriter<byte>(message.Length / 2 + 1);
        Deflater.Deflate(message, output, deflate.Level);
        if (output.WrittenCount >= message.Length) return false;
        end = FrameWriter.HeaderSize(output.WrittenCount, masked: false) + output.WrittenCount;
        frame = Frame.Rent(end + following);
        FrameWriter.Write(frame.Span, opcode, output.WrittenSpan, compressed: true);
        return true;
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
