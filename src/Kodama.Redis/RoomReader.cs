using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>Reads from Redis what memory has let go. Thread-safe.</summary>
internal sealed class RoomReader(RedisRoom room, RedisEngine engine)
{
    private const int First = 32;

    public async ValueTask<IReadOnlyList<Entry>> AfterAsync(long after, int most, long mostBytes, CancellationToken cancellationToken)
    {
        var entries = new List<Entry>();
        var bytes = 0L;
        for (var count = Math.Min(First, most); ; count = Next(entries, bytes, most, mostBytes))
        {
            if (await ReadAsync("after", after, count, cancellationToken) is not { } page) return [];
            foreach (var heard in page)
            {
                after = heard.Offset;
                if (Read(heard) is not { } entry) continue;
                entries.Add(entry);
                bytes += entry.Size;
                if (entries.Count == most || bytes > mostBytes) return entries;
            }
            if (page.Count < count) return entries;
        }
    }

    public async ValueTask<IReadOnlyList<Entry>> BeforeAsync(long before, int most, long mostBytes, CancellationToken cancellationToken)
    {
        var entries = new List<Entry>();
        var bytes = 0L;
        for (var count = Math.Min(First, most); ; count = Next(entries, bytes, most, mostBytes))
        {
            if (await ReadAsync("before", before, count, cancellationToken) is not { } page) return [];
            foreach (var heard in page)
            {
                before = heard.Offset;
                if (Read(heard) is not { } entry) continue;
                entries.Add(entry);
                bytes += entry.Size;
                if (entries.Count == most || bytes > mostBytes) return Reversed(entries);
            }
            if (page.Count < count) return Reversed(entries);
        }
    }

    /// <summary>Behind which offset somebody begins.</summary>
    /// <exception cref="EngineException">It cannot be asked now.</exception>
    public long FindStart(string how, long upTo, long number)
    {
        try
        {
            var answer = (RedisResult[])engine.Link.Database.ScriptEvaluate(
                ReadScript(), room.Keys, [room.EpochInMemory, how, upTo, number])!;
            return (ReplyCode)(int)answer[0] == ReplyCode.Taken ? (long)answer[2] : upTo;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw engine.Translate(exception);
        }
    }

    public async ValueTask<PublishResult?> FindIdAsync(PublishId id, string scope, UInt128 digest)
    {
        try
        {
            var scripts = engine.Link.Scripts ?? throw engine.Unavailable();
            var known = new Entry { Id = id.Value };
            var record = new byte[AppendHead.Record];
            AppendHead.WriteRecord(record, known, digest, 1, room.SeenOf(id.FirstSeen));
            var answer = (RedisResult[])(await engine.Link.Database.ScriptEvaluateAsync(
                scripts[Script.Find], [.. room.Keys, engine.Names.Ids(room.Bytes, scope)],
                [AppendHead.Of(engine.HubId, 0, 0, room.After, 1, room.Retention, engine.Now), record, "", AppendHead.OfId(id.Value)]))!;
            var reply = new RoomReply((ReplyCode)(int)answer[0], answer.Length > 1 ? (long)answer[1] : 0);
            // Of another epoch it will be asked again as it gets its place.
            return reply.Code == ReplyCode.OtherEpoch ? null : reply.Answer(known, room.Name, room.Epoch);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or EngineException)
        {
            engine.Failed(exception);
            var why = exception is EngineException ? exception.Message : RedisErrors.Explain(exception, engine.Link.Address);
            return new PublishResult(0, 0, $"{engine.Link.WithoutAddress(why)} It is not known whether this was kept: send it again.")
            {
                Code = RefusalCode.OutcomeUnknown,
            };
        }
    }

    // More of them where they are small.
    private static int Next(List<Entry> entries, long bytes, int most, long mostBytes)
    {
        var each = Math.Max(64, bytes / Math.Max(1, entries.Count));
        return (int)Math.Clamp(Math.Min(most - entries.Count, ((mostBytes - bytes) / each) + 1), 1, 1024);
    }

    private async Task<List<HeardEntry>?> ReadAsync(string how, long offset, int count, CancellationToken cancellationToken)
    {
        try
        {
            await engine.UntilUpAsync(cancellationToken);
            var epoch = room.EpochInMemory;
            var answer = (RedisResult[])(await engine.Link.Database.ScriptEvaluateAsync(
                ReadScript(), room.Keys, [epoch, how, offset, count]))!;
            if ((ReplyCode)(int)answer[0] != ReplyCode.Taken)
            {
                // Whoever reads finds the room with another epoch then, and nothing of this counts.
                await engine.UntilRenewedAsync(room, epoch, cancellationToken);
                return null;
            }
            room.Trimmed = Math.Max(room.Trimmed, (long)answer[1]);
            return RoomSync.Stream((RedisResult[])answer[2]!);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw engine.Translate(exception);
        }
    }

    private byte[] ReadScript() => engine.Link.Scripts?[Script.Read] ?? throw engine.Unavailable();

    private static Entry? Read(in HeardEntry heard) =>
        EntryBlob.Read(heard.Blob.Span)?.Place(heard.Offset, DateTimeOffset.FromUnixTimeMilliseconds(heard.Time));

    private static List<Entry> Reversed(List<Entry> entries)
    {
        entries.Reverse();
        return entries;
    }
}
