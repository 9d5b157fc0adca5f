using System.Text;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What there is of a room in Redis, or what came behind a head.</summary>
internal sealed class RoomSync
{
    /// <summary>Most messages at once.</summary>
    public const int Most = 128;

    private RoomSync(ReplyCode code) => Code = code;

    public ReplyCode Code { get; }

    public string Epoch { get; private init; } = "";

    public long Last { get; private init; }

    public long Time { get; private init; }

    public long Trimmed { get; private init; }

    public long Forgotten { get; private init; }

    /// <summary>How many messages are kept.</summary>
    public long Messages { get; private init; }

    /// <summary>The hub's line as it was before it was closed, and the last number taken there.</summary>
    public (long Line, long Number) Closed { get; private init; }

    /// <summary>Whether it is all that there is, the newest messages of it, as the head was of no use.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Messages and last changes of keys, in order.</summary>
    public List<HeardEntry> Entries { get; private init; } = [];

    /// <summary>Earlier epochs, with the last offset that each has in common with this one.</summary>
    public List<Position> Past { get; private init; } = [];

    /// <summary>Whether there are more behind these.</summary>
    public bool HasMore { get; private init; }

    /// <summary>What the script is told.</summary>
    /// <param name="hub">Whose line is closed.</param>
    /// <param name="line">The line that begins, or 0 to leave it.</param>
    /// <param name="epoch">Which the hub knows.</param>
    /// <param name="head">Up to where; -1 for nothing.</param>
    /// <param name="next">An epoch, if one must begin.</param>
    /// <param name="retention">Of the room.</param>
    /// <param name="now">The time; 0 for that of Redis.</param>
    public static byte[] Head(string hub, long line, string epoch, long head, string next, in Retention retention, long now)
    {
        const int length = (2 * AppendHead.EpochLength) + AppendHead.HubLength + (7 * sizeof(double));
        var bytes = new byte[length];
        Encoding.ASCII.GetBytes(hub, bytes);
        AppendHead.Write(bytes.AsSpan(8), line);
        Encoding.ASCII.GetBytes(epoch.Length == 0 ? "            " : epoch, bytes.AsSpan(16));
        AppendHead.Write(bytes.AsSpan(28), head);
        Encoding.ASCII.GetBytes(next, bytes.AsSpan(36));
        AppendHead.WriteRetention(bytes.AsSpan(48), retention, now);
        AppendHead.Write(bytes.AsSpan(80), Most);
        return bytes;
    }

    /// <summary>The same where it is only to have its epoch, and nothing that is kept is to be touched.</summary>
    public static byte[] HeadToBegin(string next, long now)
    {
        var bytes = Head(AppendHead.Undertaker, 0, "", -1, next, RedisEngine.NoRetention, now);
        AppendHead.Write(bytes.AsSpan(80), 0);
        return bytes;
    }

    public static RoomSync Read(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        var code = (ReplyCode)(int)parts[0];
        if (code != ReplyCode.Taken) return new RoomSync(code);
        var messages = Stream((RedisResult[])parts[10]!);
        var isWhole = (int)parts[9] == 1;
        var hasMore = !isWhole && messages.Count == Most;
        var entries = new List<HeardEntry>(messages);
        foreach (var value in (RedisResult[])parts[11]!)
        {
            if ((byte[]?)value is { } bytes && HeardEntry.ReadKey(bytes) is { } change && !(hasMore && change.Offset > messages[^1].Offset))
                entries.Add(change);
        }
        entries.Sort(static (one, other) => one.Offset.CompareTo(other.Offset));
        return new RoomSync(code)
        {
            Epoch = (string)parts[1]!,
            Last = hasMore ? entries[^1].Offset : (long)parts[2],
            Time = (long)parts[3],
            Trimmed = (long)parts[4],
            Forgotten = (long)parts[5],
            Messages = (long)parts[6],
            Closed = ((long)parts[7], (long)parts[8]),
            IsWhole = isWhole,
            Entries = entries,
            HasMore = hasMore,
            Past = ReadPast((byte[])parts[12]!),
        };
    }

    private static List<Position> ReadPast(byte[] bytes)
    {
        const int length = AppendHead.EpochLength + sizeof(double);
        var past = new List<Position>();
        for (var at = 0; at + length <= bytes.Length; at += length)
        {
            past.Add(new Position(
                Encoding.ASCII.GetString(bytes, at, AppendHead.EpochLength), Numbers.Read(bytes.AsSpan(at + AppendHead.EpochLength))));
        }
        return past;
    }

    /// <summary>Entries of a stream, in the order in which they come.</summary>
    public static List<HeardEntry> Stream(RedisResult[] items)
    {
        var entries = new List<HeardEntry>(items.Length);
        foreach (var item in items)
        {
            var pair = (RedisResult[])item!;
            var id = (string)pair[0]!;
            var fields = (RedisResult[])pair[1]!;
            if (!long.TryParse(id.AsSpan(0, id.IndexOf('-')), out var offset)) continue;
            if (HeardEntry.ReadValue(offset, (byte[])fields[1]!) is { } entry) entries.Add(entry);
        }
        return entries;
    }
}
