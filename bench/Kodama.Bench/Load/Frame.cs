using System.Buffers.Binary;

namespace Kodama.Bench.Load;

/// <summary>
/// A frame that a server sent (RFC 6455 section 5.2). Read apart from Kodama.WebSockets on purpose: a witness should not share the
/// suspect's mistakes.
/// </summary>
internal readonly ref struct Frame(Opcode opcode, bool final, ReadOnlySpan<byte> payload)
{
    public const int MaxPayload = 128 * 1024;

    public Opcode Opcode { get; } = opcode;

    public bool Final { get; } = final;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Takes a frame from the front of these bytes, where a whole one is there.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        if (bytes.Length < 2)
            return false;
        var header = (bytes[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
            return false;
        var length = header switch
        {
            2 => bytes[1],
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
        };
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0 || length > MaxPayload)
            throw new LoadException($"The server sent a frame that no server may send here: {Convert.ToHexStringLower(bytes[..header])}.");
        if (bytes.Length - header < (int)length)
            return false;

        frame = new Frame((Opcode)(bytes[0] & 0x0f), (bytes[0] & 0x80) != 0, bytes.Slice(header, (int)length));
        bytes = bytes[(header + (int)length)..];
        return true;
    }
}
