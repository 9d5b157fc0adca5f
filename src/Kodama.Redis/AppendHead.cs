using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Redis;

/// <summary>
/// What a script is told beside the entry, packed as it unpacks it: numbers as doubles of 8 bytes, the lowest first. The first 24 bytes say
/// whose entry it is, and are kept with it: hub (8 characters), line, number.
/// </summary>
internal static class AppendHead
{
    public const int HubLength = 8;
    public const int EpochLength = 12;

    /// <summary>Hub, line and number.</summary>
    public const int Source = HubLength + (2 * sizeof(double));

    private const int Message = Source + EpochLength + (6 * sizeof(double));
    private const int Change = Message + 5 + (3 * sizeof(double)) + (3 * HubLength);

    /// <summary>Of whom the removals of dead hubs' members are: in no line.</summary>
    public const string Undertaker = "--------";

    private static readonly byte[] Nothing = new byte[HubLength];

    /// <summary>Of a message, a transient one, or a question for an id.</summary>
    /// <param name="hub">Who sends it.</param>
    /// <param name="line">In which line.</param>
    /// <param name="number">As which of its entries.</param>
    /// <param name="after">Epoch and head as the hub knows them: Redis must not have less.</param>
    /// <param name="size">What it counts for.</param>
    /// <param name="retention">Of the room.</param>
    /// <param name="now">The time; 0 for that of Redis.</param>
    public static byte[] OfMessage(string hub, long line, long number, Position after, long size, in Retention retention, long now)
    {
        var head = new byte[Message];
        Write(head, hub, line, number, after, size, retention, now);
        return head;
    }

    /// <summary>Of a change of a key.</summary>
    /// <param name="hub">Who sends it.</param>
    /// <param name="line">In which line.</param>
    /// <param name="number">As which of its entries.</param>
    /// <param name="after">Epoch and head as the hub knows them: Redis must not have less.</param>
    /// <param name="entry">The change.</param>
    /// <param name="retention">Of the room.</param>
    /// <param name="bounds">Of the room's keys.</param>
    /// <param name="now">The time; 0 for that of Redis.</param>
    /// <param name="at">Where the position of its condition is in this epoch; -1 for nowhere.</param>
    /// <param name="owner">The hub whose it is, where it is bound; null for who sends it.</param>
    /// <param name="lastAt">Where its last change must be; 0 for anywhere.</param>
    public static byte[] OfChange(
        string hub, long line, long number, Position after, Entry entry, in Retention retention, in KeyBounds bounds, long now,
        long at = -1, string? owner = null, long lastAt = 0)
    {
        var head = new byte[Change];
        Write(head, hub, line, number, after, entry.Size, retention, now);
        var rest = head.AsSpan(Message);
        var isMember = entry.Kind == EntryKind.Presence;
        var isRemoval = entry.Action == EntryAction.Remove;
        rest[0] = (byte)entry.Kind;
        rest[1] = (byte)entry.Action;
        rest[2] = (byte)(entry.IsBound ? 1 : 0);
        rest[3] = ConditionOf(entry, at);
        // What goes with its author, by the hub's own word: only what is the hub's still.
        rest[4] = (byte)(isRemoval && (isMember || entry.IsBound) ? 1 : 0);
        rest = rest[5..];
        Write(rest, entry.Condition.Position is null ? lastAt : at);
        Write(rest[8..], isMember ? bounds.Members : bounds.StateKeys);
        Write(rest[16..], isMember ? bounds.MemberBytes : bounds.StateBytes);
        Encoding.ASCII.GetBytes(owner ?? hub, rest[24..]);
        (entry.Author is { } author ? Hash(Encoding.UTF8.GetBytes(author.Id)) : Nothing).CopyTo(rest[32..]);
        (isMember && !isRemoval ? Hash(entry.Payload.Bytes.Span) : Nothing).CopyTo(rest[40..]);
        return head;
    }

    public static void Write(Span<byte> to, double number) => BinaryPrimitives.WriteDoubleLittleEndian(to, number);

    public static void WriteRetention(Span<byte> to, in Retention retention, long now)
    {
        Write(to, retention.Messages);
        Write(to[8..], retention.Bytes);
        Write(to[16..], Math.Min(retention.Age.TotalMilliseconds, TimeSpan.FromDays(36500).TotalMilliseconds));
        Write(to[24..], now);
    }

    private static void Write(
        Span<byte> head, string hub, long line, long number, Position after, long size, in Retention retention, long now)
    {
        Encoding.ASCII.GetBytes(hub, head);
        Write(head[8..], line);
        Write(head[16..], number);
        Encoding.ASCII.GetBytes(after.Epoch, head[Source..]);
        Write(head[(Source + EpochLength)..], size);
        WriteRetention(head[(Source + EpochLength + 8)..], retention, now);
        Write(head[(Source + EpochLength + 40)..], after.Offset);
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
