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
            return Encode(payload.Kind == PayloadKind.Text ? MessageType.Text : MessageType.Binary, payload.Bytes.Span);
        var json = new ArrayBufferWriter<byte>();
        EventJson.Write(json, message.Event, payload);
        return Encode(MessageType.Text, json.WrittenSpan);
    }

    private Frame Encode(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (deflate is null || payload.Length < deflate.Threshold) return DoorKit.Encode(type, payload);
        var output = new ArrayBufferWriter<byte>(payload.Length / 2);
        Deflater.Deflate(payload, output, deflate.Level, windowBits);
        return output.WrittenCount < payload.Length
            ? DoorKit.Encode(type, output.WrittenSpan, compressed: true)
            : DoorKit.Encode(type, payload);
    }
}
