using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>Entries that one script takes, in order, each with the next number of the room's line.</summary>
/// <param name="Room">Whose.</param>
/// <param name="Line">In which line they go.</param>
/// <param name="After">Epoch and head as the room knew them.</param>
/// <param name="Entries">At least one.</param>
internal sealed record RoomCall(RedisRoom Room, long Line, Position After, List<OwnEntry> Entries)
{
    /// <summary>Most at once: Redis does nothing else meanwhile.</summary>
    public const int Most = 128;

    /// <summary>With so many bytes no other one comes along.</summary>
    public const long MostBytes = 256 * 1024;

    /// <summary>What Redis has answered. Guarded by the room.</summary>
    public Answered? Answer { get; set; }

    /// <summary>Sends it, without waiting. The room gets the answer on another thread. Never fails.</summary>
    public void Send(RedisEngine engine, byte[] script)
    {
        Task<RedisResult> answer;
        try
        {
            answer = SendAsync(engine, script);
        }
        catch (Exception exception)
        {
            answer = Task.FromException<RedisResult>(exception);
        }
        // On the thread that is woken for it, always another one: there the room goes on, and wakes no further one.
        answer.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => Room.Take(Read(answer)));
    }

    private Answered Read(Task<RedisResult> answer)
    {
        try
        {
            return new Answered(this, CallReply.Read(Entries, answer.GetAwaiter().GetResult()), null);
        }
        catch (Exception exception)
        {
            return new Answered(this, default, exception);
        }
    }

    private Task<RedisResult> SendAsync(RedisEngine engine, byte[] script)
    {
        var authors = new List<string>();
        var records = new byte[Entries.Count * AppendHead.Record];
        List<RedisValue> values =
        [
            AppendHead.Of(engine.HubId, Line, Entries[0].Number, After, Entries.Count, Room.Retention, engine.Now), records,
        ];
        for (var i = 0; i < Entries.Count; i++)
        {
            var (entry, number) = (Entries[i].Entry, Entries[i].Number);
            values.Add(EntryBlob.Write(entry, AppendHead.SourceOf(engine.HubId, Line, number)));
            if (entry.Kind != EntryKind.Message)
            {
                var at = entry.Condition.Position is { } position ? Room.Find(position) : -1;
                values.Add(AppendHead.OfChange(entry, Room.Feed.Bounds, engine.HubId, at));
            }
            var author = 0;
            if (entry is { Id: { } id, IsTransient: false })
            {
                author = PlaceOf(entry.Scope ?? entry.Author?.Id ?? "", authors);
                values.Add(AppendHead.OfId(id));
            }
            AppendHead.WriteRecord(records.AsSpan(i * AppendHead.Record), entry, entry.Digest, author, Room.SeenOf(entry.FirstSeen));
        }
        RedisKey[] keys = [.. Room.Keys, .. authors.Select(author => engine.Names.Ids(Room.Bytes, author))];
        return engine.Link.Database.ScriptEvaluateAsync(script, keys, [.. values]);
    }

    // Counted from 1.
    private static int PlaceOf(string author, List<string> authors)
    {
        var at = authors.LastIndexOf(author);
        if (at >= 0) return at + 1;
        authors.Add(author);
        return authors.Count;
    }
}
