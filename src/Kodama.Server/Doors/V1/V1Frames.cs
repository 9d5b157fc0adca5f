using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>JSON as WebSocket frames.</summary>
internal static class V1Frames
{
    /// <summary>A text frame and its binary one, which nothing parts.</summary>
    public static Frame TextAndBinary(ReadOnlySpan<byte> json, ReadOnlySpan<byte> bytes)
    {
        var frame = Frame.Rent(Size(json) + Size(bytes));
        var written = FrameWriter.Write(frame.Span, Opcode.Text, json);
        FrameWriter.Write(frame.Span[written..], Opcode.Binary, bytes);
        return frame;
    }

    /// <summary>The JSON in a frame of a server.</summary>
    public static Span<byte> JsonOf(Span<byte> frame) => frame[((frame[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 })..];

    private static int Size(ReadOnlySpan<byte> payload) => FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length;
}
