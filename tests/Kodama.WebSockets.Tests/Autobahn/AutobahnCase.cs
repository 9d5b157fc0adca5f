using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>What one case of Autobahn's suite sends to an echo, and what must come back, and nothing else.</summary>
/// <param name="Number">The suite's.</param>
/// <param name="Sends">Frames, in the order sent.</param>
/// <param name="Answers">Frames before the close.</param>
/// <param name="Closes">The code of the close frame; <see cref="CloseCodes.NoStatus"/> for an empty one.</param>
internal sealed record AutobahnCase(string Number, AutobahnFrame[] Sends, AutobahnFrame[] Answers, ushort Closes)
{
    /// <summary>In what pieces the suite sends, if it matters to the case: a size in bytes.</summary>
    public int? Chop { get; init; }

    /// <summary>Bytes that are answered by a close before anything more comes; null where it does not matter.</summary>
    public int? FailsAfter { get; init; }

    /// <summary>A case in which the suite says goodbye after what it has sent.</summary>
    public static AutobahnCase Clean(string number, AutobahnFrame[] sends, params AutobahnFrame[] answers) =>
        new(number, [.. sends, AutobahnFrame.Close(CloseCodes.Normal)], answers, CloseCodes.Normal);

    /// <summary>A case in which the echo must end the connection.</summary>
    public static AutobahnCase Fails(string number, ushort code, AutobahnFrame[] sends, params AutobahnFrame[] answers) =>
        new(number, sends, answers, code);

    public byte[] Bytes(bool masked) => [.. Sends.SelectMany(frame => frame.Bytes(masked))];

    public override string ToString() => Number;
}

/// <summary>A frame by its first byte, which may be a wrong one.</summary>
internal sealed record AutobahnFrame(byte First, ReadOnlyMemory<byte> Payload)
{
    public const byte Fin = 0x80;

    public static AutobahnFrame Text(string text, bool fin = true, int rsv = 0) => Text(Utf8(text), fin, rsv);

    public static AutobahnFrame Text(byte[] bytes, bool fin = true, int rsv = 0) => Of(RawFrame.TextOpcode, bytes, fin, rsv);

    public static AutobahnFrame Binary(byte[] bytes, bool fin = true, int rsv = 0) => Of(RawFrame.BinaryOpcode, bytes, fin, rsv);

    public static AutobahnFrame More(string text, bool fin = true) => Of(RawFrame.Continuation, Utf8(text), fin);

    public static AutobahnFrame Ping(string text = "") => Of(RawFrame.PingOpcode, Utf8(text));

    public static AutobahnFrame Pong(string text = "") => Of(RawFrame.PongOpcode, Utf8(text));

    public static AutobahnFrame Close(int code, params byte[] reason) =>
        Of(RawFrame.CloseOpcode, code == CloseCodes.NoStatus ? reason : [(byte)(code >> 8), (byte)code, .. reason]);

    public static AutobahnFrame Of(int opcode, byte[] payload, bool fin = true, int rsv = 0) => Of(opcode, payload.AsMemory(), fin, rsv);

    public static AutobahnFrame Of(int opcode, ReadOnlyMemory<byte> payload, bool fin = true, int rsv = 0) =>
        new((byte)((fin ? Fin : 0) | (rsv << 4) | opcode), payload);

    public byte[] Bytes(bool masked)
    {
        var opcode = First & 0x0F;
        var bytes = masked ? RawFrame.Masked(opcode, Payload.Span) : [.. RawFrame.Head(opcode, Payload.Length), .. Payload.Span];
        bytes[0] = First;
        return bytes;
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>The frames of a message that is sent in fragments of a size, as the suite cuts it.</summary>
    public static AutobahnFrame[] Fragments(int opcode, ReadOnlyMemory<byte> payload, int size)
    {
        var frames = new AutobahnFrame[(payload.Length + size - 1) / size];
        for (var i = 0; i < frames.Length; i++)
        {
            var piece = payload.Slice(i * size, Math.Min(size, payload.Length - i * size));
            frames[i] = Of(i == 0 ? opcode : RawFrame.Continuation, piece, fin: i == frames.Length - 1);
        }
        return frames;
    }
}
