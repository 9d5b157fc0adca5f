using System.Buffers;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>How raw peers get messages: a text or binary frame with the payload itself, and any other event as JSON text.</summary>
/// <param name="deflate">How large messages are compressed, for peers that have negotiated it; null for those that have not.</param>
/// <param name="windowBits">The window that they have negotiated, or a smaller one.</param>
internal sealed class RawEncoder(PerMessageDeflateOptions? deflate, int windowBits = RawEncoder.FullWindowBits) : IMessageEncoder
{
    /// <summary>The largest window of DEFLATE.</summary>
    public const int FullWindowBits = 15;

    /// <summary>The smallest that a client may ask for.</summary>
    public const int NarrowWindowBits = 8;

    public Frame Encode(in Message message)
    {
        var payload = message.Payload;
        if (message.Event == Message.DefaultEvent && payload.Kind != PayloadKind.Arguments)
        {
            return Encode(payload.Kind == PayloadKind.Text ? Opcode.Text : Opcode.Binary, payload.Bytes.Span);
        }
        var json = new ArrayBufferWriter<byte>();
        EventJson.Write(json, message.Event, payload);
        return Encode(Opcode.Text, json.WrittenSpan);
    }

    private Frame Encode(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (deflate is null || payload.Length < deflate.Threshold) return Encode(opcode, payload, compressed: false);
        var output = new ArrayBufferWriter<byte>(payload.Length / 2);
        Deflater.Deflate(payload, output, deflate.Level, windowBits);
        return output.WrittenCount < payload.Length
            ? Encode(opcode, output.WrittenSpan, compressed: true)
            : Encode(opcode, payload, compressed: false);
    }

    private static Frame Encode(Opcode opcode, ReadOnlySpan<byte> payload, bool compressed)
    {
        var frame = Frame.Rent(FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length);
        FrameWriter.Write(frame.Span, opcode, payload, compressed: compressed);
        return frame;
    }
}
