using System.Buffers.Binary;

namespace Kodama.Bench.Load;

/// <summary>
/// Reads the frames of a server (RFC 6455 section 5.2) out of one buffer, in place. What it hands out is valid until the next
/// <see cref="Compact"/>. Written apart from Kodama.WebSockets on purpose: a witness should not share the suspect's mistakes.
/// </summary>
internal sealed class FrameReader(int bufferSize)
{
    private const int MaxFrame = 1024 * 1024;
    private byte[] _buffer = new byte[bufferSize];
    private int _start;
    private int _end;

    public Memory<byte> Free => _buffer.AsMemory(_end);

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public void Filled(int count) => _end += count;

    public bool TryReadHead(out ReadOnlySpan<byte> head)
    {
        var end = Unread.IndexOf("\r\n\r\n"u8);
        head = end < 0 ? default : Unread[..(end + 4)];
        _start += head.Length;
        if (end < 0)
            Compact();
        return end >= 0;
    }

    public bool TryRead(out Opcode opcode, out bool final, out ReadOnlySpan<byte> payload)
    {
        opcode = default;
        final = false;
        payload = default;
        var bytes = Unread;
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
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0 || length > MaxFrame)
            throw new LoadException($"The server sent a frame that no server may send here: {Convert.ToHexStringLower(bytes[..header])}.");
        if (bytes.Length < header + (int)length)
        {
            EnsureRoom(header + (int)length);
            return false;
        }

        opcode = (Opcode)(bytes[0] & 0x0f);
        final = (bytes[0] & 0x80) != 0;
        payload = bytes.Slice(header, (int)length);
        _start += header + (int)length;
        return true;
    }

    /// <summary>Moves what is left to the front, and makes room where that fills the buffer.</summary>
    public void Compact()
    {
        if (_start > 0)
            Unread.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        EnsureRoom(_end + 1);
    }

    private void EnsureRoom(int length)
    {
        if (length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(length, 2 * _buffer.Length));
    }
}
