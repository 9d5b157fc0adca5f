using System.Buffers.Binary;

namespace Kodama.Bench.Load;

/// <summary>A masked frame of which only the stamp, and a number where the protocol has one, change from one message to the next.</summary>
internal sealed class FrameTemplate
{
    private static ReadOnlySpan<byte> Key => [0x12, 0x34, 0x56, 0x78];

    private readonly byte[] _frame;
    private readonly int _payload;
    private readonly int _stamp;
    private readonly int _number;

    public FrameTemplate(WireProtocol protocol, int size, bool binary)
    {
        Padding = new byte[size - Stamp.Length];
        Padding.AsSpan().Fill((byte)'x');
        _stamp = protocol.Prefix.Length;
        _number = protocol.NumberAt;
        byte[] payload = [.. protocol.Prefix, .. new byte[Stamp.Length], .. Padding, .. protocol.Suffix];
        _frame = Control(binary ? Opcode.Binary : Opcode.Text, payload);
        _payload = _frame.Length - payload.Length;
    }

    /// <summary>What follows the stamp in every message.</summary>
    public byte[] Padding { get; }

    public int Length => _frame.Length;

    public void Write(Span<byte> destination, Stamp stamp)
    {
        _frame.CopyTo(destination);
        var stamped = destination.Slice(_payload + _stamp, Stamp.Length);
        stamp.Write(stamped);
        Mask(stamped, _stamp);
        if (_number < 0)
            return;
        var number = destination.Slice(_payload + _number, 10);
        NumberOf(stamp).TryFormat(number, out _);
        Mask(number, _number);
    }

    /// <summary>A whole frame of its own.</summary>
    public static byte[] Control(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + Key.Length + payload.Length];
        frame[0] = (byte)(0x80 | (int)opcode);
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
        Key.CopyTo(frame.AsSpan(header));
        payload.CopyTo(frame.AsSpan(header + Key.Length));
        Mask(frame.AsSpan(header + Key.Length), 0);
        return frame;
    }

    // Of ten digits; that of a probe by its time, in microseconds, as probes have no number of their own.
    private static long NumberOf(Stamp stamp) => stamp.Sequence == Stamp.Probe
        ? 8_000_000_000 + (stamp.SentAt / 1000 % 1_000_000_000)
        : WireProtocol.FirstNumber + stamp.Sequence;

    private static void Mask(Span<byte> bytes, int at)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= Key[(at + i) & 3];
    }
}
