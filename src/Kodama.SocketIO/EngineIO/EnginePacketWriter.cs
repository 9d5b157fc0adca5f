using System.Buffers.Text;
using System.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>Writes packets in the formats of <see cref="EngineFormat"/>. Thread-safe, allocates nothing.</summary>
internal static class EnginePacketWriter
{
    private const int TypeSize = 1;

    /// <summary>The bytes that <see cref="WriteText"/> writes.</summary>
    public static int TextSize(EngineFormat format, ReadOnlySpan<byte> data) =>
        HeaderSize(format, data.Length, Units(format, data)) + data.Length + TrailerSize(format);

    /// <summary>Writes a packet with text, or none, and returns its size.</summary>
    public static int WriteText(Span<byte> destination, EngineFormat format, EnginePacketType type, ReadOnlySpan<byte> data)
    {
        var size = WriteHeader(destination, format, type, data.Length, Units(format, data));
        data.CopyTo(destination[size..]);
        return WriteTrailer(destination, format, size + data.Length);
    }

    /// <summary>The bytes that <see cref="WriteBinary"/> writes.</summary>
    public static int BinarySize(EngineFormat format, int length) => format switch
    {
        EngineFormat.WebSocket => FrameWriter.HeaderSize(length, masked: false) + length,
        EngineFormat.WebSocketV3 => FrameWriter.HeaderSize(TypeSize + length, masked: false) + TypeSize + length,
        EngineFormat.Polling => 1 + Base64.GetMaxEncodedToUtf8Length(length) + 1,
        EngineFormat.PollingV3 =>
            LengthPayloadHeader(2 + Base64.GetMaxEncodedToUtf8Length(length)) + 2 + Base64.GetMaxEncodedToUtf8Length(length),
        _ => BinaryPayloadHeader(TypeSize + length) + TypeSize + length,
    };

    /// <summary>Writes a message of bytes and returns its size.</summary>
    public static int WriteBinary(Span<byte> destination, EngineFormat format, ReadOnlySpan<byte> data)
    {
        var size = 0;
        switch (format)
        {
            case EngineFormat.WebSocket:
                return FrameWriter.Write(destination, Opcode.Binary, data);
            case EngineFormat.WebSocketV3:
                size = FrameWriter.WriteHeader(destination, Opcode.Binary, TypeSize + data.Length);
                destination[size++] = (byte)EnginePacketType.Message;
                break;
            case EngineFormat.PollingV3Binary:
                size = WriteBinaryPayloadHeader(destination, BinaryPayload.Binary, TypeSize + data.Length);
                destination[size++] = (byte)EnginePacketType.Message;
                break;
            case EngineFormat.Polling:
                destination[size++] = (byte)'b';
                return WriteTrailer(destination, format, size + WriteBase64(destination[size..], data));
            default:
                Utf8Formatter.TryFormat(2 + Base64.GetMaxEncodedToUtf8Length(data.Length), destination, out size);
                ":b4"u8.CopyTo(destination[size..]);
                size += 3;
                return size + WriteBase64(destination[size..], data);
        }
        data.CopyTo(destination[size..]);
        return size + data.Length;
    }

    /// <summary>The bytes before a text's data; <paramref name="units"/> are its UTF-16 code units, which only <see
    /// cref="EngineFormat.PollingV3"/> counts.</summary>
    internal static int HeaderSize(EngineFormat format, int length, int units = 0) => TypeSize + format switch
    {
        EngineFormat.WebSocket or EngineFormat.WebSocketV3 => FrameWriter.HeaderSize(TypeSize + length, masked: false),
        EngineFormat.Polling => 0,
        EngineFormat.PollingV3 => LengthPayloadHeader(TypeSize + units),
        _ => BinaryPayloadHeader(TypeSize + length),
    };

    internal static int TrailerSize(EngineFormat format) => format == EngineFormat.Polling ? 1 : 0;

    internal static int WriteHeader(Span<byte> destination, EngineFormat format, EnginePacketType type, int length, int units = 0)
    {
        var size = 0;
        switch (format)
        {
            case EngineFormat.WebSocket or EngineFormat.WebSocketV3:
                size = FrameWriter.WriteHeader(destination, Opcode.Text, TypeSize + length);
                break;
            case EngineFormat.PollingV3:
                Utf8Formatter.TryFormat(TypeSize + units, destination, out size);
                destination[size++] = (byte)':';
                break;
            case EngineFormat.PollingV3Binary:
                size = WriteBinaryPayloadHeader(destination, BinaryPayload.Text, TypeSize + length);
                break;
        }
        destination[size] = (byte)('0' + (int)type);
        return size + TypeSize;
    }

    internal static int WriteTrailer(Span<byte> destination, EngineFormat format, int size)
    {
        if (format == EngineFormat.Polling) destination[size++] = RecordPayload.Separator;
        return size;
    }

    private static int Units(EngineFormat format, ReadOnlySpan<byte> data) =>
        format == EngineFormat.PollingV3 ? Encoding.UTF8.GetCharCount(data) : 0;

    private static int LengthPayloadHeader(int units) => DecimalDigits.Count(units) + 1;

    private static int BinaryPayloadHeader(int length) => 1 + DecimalDigits.Count(length) + 1;

    private static int WriteBinaryPayloadHeader(Span<byte> destination, byte kind, int length)
    {
        destination[0] = kind;
        Utf8Formatter.TryFormat(length, destination[1..], out var digits);
        foreach (ref var digit in destination.Slice(1, digits)) digit -= (byte)'0';
        destination[1 + digits] = BinaryPayload.EndOfLength;
        return 1 + digits + 1;
    }

    private static int WriteBase64(Span<byte> destination, ReadOnlySpan<byte> data)
    {
        Base64.EncodeToUtf8(data, destination, out _, out var written);
        return written;
    }
}
