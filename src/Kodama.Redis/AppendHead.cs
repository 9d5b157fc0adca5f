using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Redis;

/// <summary>What a script is told beside the entries, packed as it unpacks it: numbers as doubles of 8 bytes, the lowest first.</summary>
internal static class AppendHead
{
    public const int HubLength = 8;
    public const int EpochLength = 12;

    /// <summary>What is kept with an entry: whose it is. Hub, line, number.</summary>
    public const int Source = HubLength + (2 * sizeof(double));

    /// <summary>What is told of each entry: form, author's place among the keys, size, where it was seen first, digest.</summary>
    public const int Record = 2 + (2 * sizeof(double)) + 16;

    /// <summary>Of whom the removals of dead hubs' members are: in no line.</summary>
    public const string Undertaker = "--------";

    private const int Length = Source + EpochLength + (6 * sizeof(double));
    private const int Change = 5 + (3 * sizeof(double)) + (3 * HubLength);

    private static readonly byte[] Nothing = new byte[HubLength];

    /// <summary>Of all entries of a call.</summary>
    /// <param name="hub">Who sends them.</param>
    /// <param name="line">In which line.</param>
    /// <param name="number">As which of its entries the first.</param>
    /// <param name="after">Epoch and head as the hub knows them: Redis must not have less.</param>
    /// <param name="count">How many.</param>
    /// <param name="retention">Of the room.</param>
    /// <param name="now">The time; 0 for that of Redis.</param>
    public static byte[] Of(string hub, long line, long number, Position after, int count, in Retention retention, long now)
    {
        var head = new byte[Length];
        SourceOf(hub, line, number).CopyTo(head, 0);
        Encoding.ASCII.GetBytes(after.Epoch, head.AsSpan(Source));
        Write(head.AsSpan(Source + EpochLength), count);
        WriteRetention(head.AsSpan(Source + EpochLength + 8), retention, now);
        Write(head.AsSpan(Source + EpochLength + 40), after.Offset);
        return head;
    }

    /// <summary>Whose an entry is.</summary>
    public static byte[] SourceOf(string hub, long line, long number)
    {
        var source = new byte[Source];
        Encoding.ASCII.GetBytes(hub, source);
        Write(source.AsSpan(8), line);
        Write(source.AsSpan(16), number);
        return source;
    }

    /// <summary>Of one entry, or of a question for an id.</summary>
    /// <param name="to"><see cref="Record"/> bytes.</param>
    /// <param name="entry">Which.</param>
    /// <param name="digest">What its id stands for.</param>
    /// <param name="author">Which of the authors' keys has its id, counted from 1; 0 for none.</param>
    /// <param name="seen">Where its author was before it was sent first; see <see cref="RedisRoom.SeenOf"/>.</param>
    public static void WriteRecord(Span<byte> to, Entry entry, UInt128 digest, int author, long seen)
    {
        const byte message = 0, transient = 1, change = 2;
        (to[0], to[1]) = (entry.IsTransient ? transient : entry.Kind == EntryKind.Message ? message : change, (byte)author);
        Write(to[2..], entry.Size);
        Write(to[10..], seen);
        BinaryPrimitives.WriteUInt128LittleEndian(to[18..], digest);
    }

    public static byte[] OfId(string id) => Encoding.UTF8.GetBytes("i" + id);

    /// <summary>What a change of a key does, with the key's field behind it.</summary>
    /// <param name="entry">The change.</param>
    /// <param name="bounds">Of the room's keys.</param>
    /// <param name="owner">The hub whose it is, where it is bound.</param>
    /// <param name="at">Where the position of its condition is in this epoch; -1 for nowhere.</param>
    /// <param name="lastAt">Where its last change must be; 0 for anywhere.</param>
    public static byte[] OfChange(Entry entry, in KeyBounds bounds, string owner, long at = -1, long lastAt = 0)
    {
        var change = new byte[Change];
        var isMember = entry.Kind == EntryKind.Presence;
        var isRemoval = entry.Action == EntryAction.Remove;
        change[0] = (byte)entry.Kind;
        change[1] = (byte)entry.Action;
        change[2] = (byte)(entry.IsBound ? 1 : 0);
        change[3] = ConditionOf(entry, at);
        // What goes with its author, by the hub's own word: only what is the hub's still.
        change[4] = (byte)(isRemoval && (isMember || entry.IsBound) ? 1 : 0);
        var rest = change.AsSpan(5);
        Write(rest, entry.Condition.Position is null ? lastAt : at);
        Write(rest[8..], isMember ? bounds.Members : bounds.StateKeys);
        Write(rest[16..], isMember ? bounds.MemberBytes : bounds.StateBytes);
        Encoding.ASCII.GetBytes(owner, rest[24..]);
        (entry.Author is { } author ? Hash(Encoding.UTF8.GetBytes(author.Id)) : Nothing).CopyTo(rest[32..]);
        (isMember && !isRemoval ? Hash(entry.Payload.Bytes.Span) : Nothing).CopyTo(rest[40..]);
        return [.. change, .. RedisNames.Field(entry.Kind, entry.Key!)];
    }

    public static void Write(Span<byte> to, double number) => BinaryPrimitives.WriteDoubleLittleEndian(to, number);

    public static void WriteRetention(Span<byte> to, in Retention retention, long now)
    {
        Write(to, retention.Messages);
        Write(to[8..], retention.Bytes);
        Write(to[16..], Math.Min(retention.Age.TotalMilliseconds, TimeSpan.FromDays(36500).TotalMilliseconds));
        Write(to[24..], now);
    }

    private static byte ConditionOf(Entry entry, long at)
    {
        const byte none = 0, absent = 1, present = 2, atOffset = 3, never = 4;
        if (entry.Condition.Position is not null) return at < 0 ? never : atOffset;
        return entry.Condition.IsSet switch
        {
            null => none,
            true => present,
            false => absent,
        };
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..HubLength];
}
