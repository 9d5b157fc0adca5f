using System.Buffers.Binary;
using System.Text;

namespace Kodama.Redis;

/// <summary>Whose an entry is: the hub, its line in the room, and the number there.</summary>
internal readonly record struct EntrySource(string Hub, long Line, long Number)
{
    public static EntrySource Read(ReadOnlySpan<byte> bytes) => new(
        Encoding.ASCII.GetString(bytes[..AppendHead.HubLength]), Numbers.Read(bytes[8..]), Numbers.Read(bytes[16..]));
}

/// <summary>An entry with its place, as Redis tells it.</summary>
/// <param name="Offset">Its place; of a transient one the last entry's.</param>
/// <param name="IsTransient">Whether it has none.</param>
/// <param name="Time">When, in milliseconds.</param>
/// <param name="Source">Whose.</param>
/// <param name="Blob">What it says.</param>
internal readonly record struct HeardEntry(long Offset, bool IsTransient, long Time, EntrySource Source, ReadOnlyMemory<byte> Blob)
{
    private const int ValueHead = (2 * sizeof(double)) + AppendHead.Source;

    /// <summary>What stands before the value in the hash of keys: offset, size, action, whether it is bound, whose, author, data.</summary>
    public const int KeyHead = (2 * sizeof(double)) + 2 + (3 * AppendHead.HubLength);

    /// <summary>As it lies in the stream: time, sum of bytes, source, blob.</summary>
    public static HeardEntry? ReadValue(long offset, ReadOnlyMemory<byte> value)
    {
        if (value.Length < ValueHead) return null;
        // As a script has written it, and no one else.
        if (Math.Abs(offset) > Numbers.Most || Numbers.Read(value.Span) is < 0 or > Numbers.LatestTime) return null;
        var isTransient = offset < 0;
        return new HeardEntry(
            isTransient ? -1 - offset : offset, isTransient, Numbers.Read(value.Span), EntrySource.Read(value.Span[16..]),
            value[ValueHead..]);
    }

    /// <summary>As it lies in the hash of keys.</summary>
    public static HeardEntry? ReadKey(ReadOnlyMemory<byte> value) =>
        value.Length < KeyHead ? null : ReadValue(Numbers.Read(value.Span), value[KeyHead..]);
}

/// <summary>What a room's channel tells.</summary>
/// <param name="Epoch">In which.</param>
/// <param name="Trimmed">Up to which offset messages are not all kept.</param>
/// <param name="Entries">In order; none where the epoch began.</param>
internal readonly record struct Telling(string Epoch, long Trimmed, List<HeardEntry> Entries)
{
    private const int Head = AppendHead.EpochLength + sizeof(double);
    private const int EntryHead = 2 * sizeof(double);

    /// <summary>As <c>tell.lua</c> has written it, and no one else; else null.</summary>
    public static Telling? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < Head) return null;
        var epoch = Encoding.ASCII.GetString(bytes.Span[..AppendHead.EpochLength]);
        var trimmed = Numbers.Read(bytes.Span[AppendHead.EpochLength..]);
        var entries = new List<HeardEntry>();
        for (bytes = bytes[Head..]; bytes.Length > 0;)
        {
            if (bytes.Length < EntryHead) return null;
            var (offset, length) = (Numbers.Read(bytes.Span), Numbers.Read(bytes.Span[sizeof(double)..]));
            bytes = bytes[EntryHead..];
            if (length < 0 || length > bytes.Length || HeardEntry.ReadValue(offset, bytes[..(int)length]) is not { } entry) return null;
            entries.Add(entry);
            bytes = bytes[(int)length..];
        }
        return new Telling(epoch, trimmed, entries);
    }
}

/// <summary>Whole numbers as scripts write them.</summary>
internal static class Numbers
{
    /// <summary>The largest that a script counts to.</summary>
    public const long Most = 1L << 53;

    /// <summary>The end of the year 9999, in milliseconds.</summary>
    public const long LatestTime = 253_402_300_799_999;

    public static long Read(ReadOnlySpan<byte> bytes) => (long)BinaryPrimitives.ReadDoubleLittleEndian(bytes);
}
