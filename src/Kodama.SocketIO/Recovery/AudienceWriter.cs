using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Kodama.SocketIO;

/// <summary>What a name of an audience is: that of a room of the hub, or the id of a socket; or of those who do not get it.</summary>
internal enum AudiencePart : ushort
{
    Room,
    Id,
    ExceptRoom,
    ExceptId,
}

/// <summary>
/// Whom an event is for: for each name what is meant by it, its length and its characters, two bytes each. One of a thread, written and
/// used before the next.
/// </summary>
internal sealed class AudienceWriter
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic] private static AudienceWriter? own;

    private char[] parts = new char[128];
    private int length;
    private byte[] joined = [];

    /// <summary>An event's frame is for nobody, and there is none.</summary>
    public static ReadOnlyMemory<byte> Nobody { get; } = new byte[sizeof(int)];

    public ReadOnlySpan<char> Parts => parts.AsSpan(0, length);

    /// <summary>An empty one.</summary>
    public static AudienceWriter Begin()
    {
        own ??= new AudienceWriter();
        own.length = 0;
        return own;
    }

    public AudienceWriter Add(AudiencePart part, ReadOnlySpan<char> name)
    {
        // A longer one is nobody's.
        if (name.Length > RoomName.MaxLength) return this;
        if (parts.Length - length < name.Length + 2) Array.Resize(ref parts, 2 * (length + name.Length + 2));
        parts[length++] = (char)part;
        parts[length++] = (char)name.Length;
        name.CopyTo(parts.AsSpan(length));
        length += name.Length;
        return this;
    }

    /// <summary>It and an event's frame, as both are kept; valid until the next audience of this thread.</summary>
    public ReadOnlyMemory<byte> With(ReadOnlySpan<byte> frame)
    {
        var names = MemoryMarshal.AsBytes(Parts);
        var size = sizeof(int) + names.Length + frame.Length;
        if (joined.Length < size || joined.Length > LargestKept) joined = new byte[Math.Max(size, 4096)];
        BinaryPrimitives.WriteInt32LittleEndian(joined, names.Length);
        names.CopyTo(joined.AsSpan(sizeof(int)));
        frame.CopyTo(joined.AsSpan(sizeof(int) + names.Length));
        return joined.AsMemory(0, size);
    }

    /// <summary>Takes apart what <see cref="With"/> has put together.</summary>
    public static ReadOnlySpan<char> Split(ReadOnlyMemory<byte> kept, out ReadOnlyMemory<byte> frame)
    {
        var names = BinaryPrimitives.ReadInt32LittleEndian(kept.Span);
        frame = kept[(sizeof(int) + names)..];
        return MemoryMarshal.Cast<byte, char>(kept.Span.Slice(sizeof(int), names));
    }
}

/// <summary>The names of an audience, one after another.</summary>
internal ref struct AudienceReader(ReadOnlySpan<char> rest)
{
    private ReadOnlySpan<char> rest = rest;

    public AudiencePart Part { get; private set; }

    public ReadOnlySpan<char> Name { get; private set; }

    public readonly bool IsException => Part is AudiencePart.ExceptRoom or AudiencePart.ExceptId;

    public readonly bool IsRoom => Part is AudiencePart.Room or AudiencePart.ExceptRoom;

    public bool Next()
    {
        if (rest.IsEmpty) return false;
        Part = (AudiencePart)rest[0];
        Name = rest.Slice(2, rest[1]);
        rest = rest[(2 + rest[1])..];
        return true;
    }
}
