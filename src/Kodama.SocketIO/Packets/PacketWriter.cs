using System.Buffers.Text;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>Writes the text of packets, as node's parser does. Attachments follow as messages of their own. Thread-safe.</summary>
internal static class PacketWriter
{
    private const int LongestNameOnStack = 256;

    private static ReadOnlySpan<byte> SolePlaceholder => "{\"_placeholder\":true,\"num\":0}"u8;

    /// <summary>The bytes that <see cref="Write(in OutgoingPacket, Span{byte})"/> writes.</summary>
    public static int Size(in OutgoingPacket packet) => Write(packet, default);

    /// <summary>Writes the packet's text and returns its size.</summary>
    public static int Write(in OutgoingPacket packet, Span<byte> destination)
    {
        var output = new Output(destination);
        output.Number((int)packet.Type + (packet.AttachmentCount > 0 ? PacketType.BinaryEvent - PacketType.Event : 0));
        if (packet.AttachmentCount > 0)
        {
            output.Number(packet.AttachmentCount);
            output.Bytes("-"u8);
        }
        if (!packet.Namespace.IsEmpty)
        {
            output.Bytes(packet.Namespace.Span);
            output.Bytes(","u8);
        }
        if (packet.AckId is { } id) output.Number(id);
        if (packet.Type is PacketType.Event or PacketType.Ack) WriteArray(packet, ref output);
        else output.Bytes(packet.Json.Span);
        return output.Written;
    }

    /// <summary>The arguments of a payload, without the white space around them.</summary>
    /// <exception cref="ArgumentException">They are no JSON array.</exception>
    public static ReadOnlySpan<byte> ArrayOf(Payload payload)
    {
        var array = payload.Bytes.Span.Trim(" \t\r\n"u8);
        return array is [(byte)'[', .., (byte)']']
            ? array
            : throw new ArgumentException(
                "The arguments of an event must be a JSON array: Payload.Arguments takes [1,2], not 1,2 or an object.", nameof(payload));
    }

    private static void WriteArray(in OutgoingPacket packet, ref Output output)
    {
        output.Bytes("["u8);
        var first = output.Written;
        if (packet.Event is { } name)
        {
            Span<byte> utf8 = stackalloc byte[LongestNameOnStack];
            output.Text(Encoding.UTF8.TryGetBytes(name, utf8, out var size) ? utf8[..size] : Encoding.UTF8.GetBytes(name));
        }
        var elements = packet.Payload.Kind switch
        {
            PayloadKind.Text => default,
            PayloadKind.Binary => SolePlaceholder,
            _ => ArrayOf(packet.Payload)[1..^1].Trim(" \t\r\n"u8),
        };
        if (output.Written > first && (packet.Payload.Kind == PayloadKind.Text || !elements.IsEmpty)) output.Bytes(","u8);
        if (packet.Payload.Kind == PayloadKind.Text) output.Text(packet.Payload.Bytes.Span);
        else output.Bytes(elements);
        if (!packet.Offset.IsEmpty)
        {
            if (output.Written > first) output.Bytes(","u8);
            output.Text(packet.Offset.Span);
        }
        output.Bytes("]"u8);
    }

    /// <summary>What is written; without a destination it is counted only.</summary>
    private ref struct Output(Span<byte> destination)
    {
        private readonly Span<byte> destination = destination;

        public int Written { get; private set; }

        private readonly bool IsCounting => destination.IsEmpty;

        public void Bytes(scoped ReadOnlySpan<byte> bytes)
        {
            if (!IsCounting) bytes.CopyTo(destination[Written..]);
            Written += bytes.Length;
        }

        public void Text(scoped ReadOnlySpan<byte> text)
        {
            Bytes("\""u8);
            Written += IsCounting ? JsonQuote.EscapedSize(text) : JsonQuote.Escape(text, destination[Written..]);
            Bytes("\""u8);
        }

        public void Number(long value)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(value, digits, out var size);
            Bytes(digits[..size]);
        }
    }
}
