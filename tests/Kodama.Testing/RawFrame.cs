using System.Buffers.Binary;
using System.Text;

namespace Kodama.Testing;

/// <summary>A WebSocket frame as it is on the wire, written and read by hand, so that the tests do not trust the code that they
/// test.</summary>
public sealed record RawFrame(int Opcode, byte[] Payload, bool Fin = true, bool Rsv1 = false)
{
    public const int Continuation = 0;
    public const int TextOpcode = 1;
    public const int BinaryOpcode = 2;
    public const int CloseOpcode = 8;
    public const int PingOpcode = 9;
    public const int PongOpcode = 10;

    public string Text => Encoding.UTF8.GetString(Payload);

    public ushort CloseCode => BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string CloseReason => Encoding.UTF8.GetString(Payload.AsSpan(2));

    public static byte[] OfText(string text, bool fin = true) => Masked(TextOpcode, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] OfClose(ushort code, string reason = "") =>
        Masked(CloseOpcode, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public static byte[] Masked(int opcode, ReadOnlySpan<byte> payload, bool fin = true)
    {
        ReadOnlySpan<byte> mask = [0x37, 0xFA, 0x21, 0x3D];
        var head = Head(opcode, payload.Length, fin, masked: true);
        byte[] frame = [.. head, .. mask, .. payload];
        for (var i = 0; i < payload.Length; i++) frame[head.Length + 4 + i] ^= mask[i % 4];
        return frame;
    }

    /// <summary>A head that may promise any length.</summary>
    public static byte[] Head(int opcode, long length, bool fin = true, bool masked = false)
    {
        var first = (byte)((fin ? 0x80 : 0) | opcode);
        var mask = masked ? 0x80 : 0;
        if (length < 126) return [first, (byte)(mask | (int)length)];
        if (length <= ushort.MaxValue) return [first, (byte)(mask | 126), (byte)(length >> 8), (byte)length];
        var head = new byte[10];
        head[0] = first;
        head[1] = (byte)(mask | 127);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), length);
        return head;
    }
}
