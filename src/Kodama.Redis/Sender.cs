using System.Threading.Channels;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Sends what rooms have appended, in order, without waiting; and tells them the answers, in the order in which it was sent.
/// </summary>
internal sealed class Sender : IAsyncDisposable
{
    private readonly RedisEngine engine;
    private readonly Channel<object> outgoing = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly Channel<Sent> answers = Channel.CreateUnbounded<Sent>(new() { SingleReader = true, SingleWriter = true });
    private readonly Task sending;
    private readonly Task reading;

    public Sender(RedisEngine engine)
    {
        this.engine = engine;
        sending = Task.Run(SendAsync);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>The room has something to be sent.</summary>
    public void Add(RedisRoom room) => outgoing.Writer.TryWrite(room);

    /// <summary>The room of this name was closed.</summary>
    public void Leave(byte[] name) => outgoing.Writer.TryWrite(name);

    public async ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        await sending;
        answers.Writer.TryComplete();
        await reading;
    }

    private async Task SendAsync()
    {
        var batch = new List<OwnEntry>();
        await foreach (var next in outgoing.Reader.ReadAllAsync())
        {
            if (next is not RedisRoom room)
            {
                engine.Leave((byte[])next);
                continue;
            }
            if (engine.Link.Scripts is not { } scripts)
            {
                room.NotSent();
                continue;
            }
            room.TakeToSend(batch, out var line);
            foreach (var own in batch) answers.Writer.TryWrite(new Sent(room, own, Send(scripts, room, line, own)));
            batch.Clear();
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var (room, own, answer) in answers.Reader.ReadAllAsync())
        {
            try
            {
                room.Post(new Answered(own, RoomReply.Read(await answer), null));
            }
            catch (Exception exception)
            {
                room.Post(new Answered(own, default, exception));
            }
        }
    }

    private Task<RedisResult> Send(LoadedScripts scripts, RedisRoom room, long line, OwnEntry own)
    {
        try
        {
            var (entry, after, database) = (own.Entry, own.After, engine.Link.Database);
            if (entry.Kind != EntryKind.Message)
            {
                var change = AppendHead.OfChange(
                    engine.HubId, line, own.Number, after, entry, room.Retention, room.Feed.Bounds, engine.Now,
                    entry.Condition.Position is { } at ? room.Find(at) : -1);
                return database.ScriptEvaluateAsync(
                    scripts.Change, KeysOf(room, entry), Values(room, change, entry, RedisNames.Field(entry.Kind, entry.Key!)));
            }
            var head = AppendHead.OfMessage(engine.HubId, line, own.Number, after, entry.Size, room.Retention, engine.Now);
            return entry.IsTransient
                ? database.ScriptEvaluateAsync(scripts.Tick, room.Keys, [head, EntryBlob.Write(entry)])
                : database.ScriptEvaluateAsync(
                    scripts.Append, KeysOf(room, entry),
                    entry.Id is null ? [head, EntryBlob.Write(entry)] : Values(room, head, entry, []));
        }
        catch (Exception exception)
        {
            return Task.FromException<RedisResult>(exception);
        }
    }

    private RedisKey[] KeysOf(RedisRoom room, Entry entry) =>
        entry.Id is null ? room.Keys : [.. room.Keys, engine.Names.Ids(room.Bytes, ScopeOf(entry))];

    private static RedisValue[] Values(RedisRoom room, byte[] head, Entry entry, byte[] field) => entry.Id is null
        ? [head, EntryBlob.Write(entry), field]
        : [head, EntryBlob.Write(entry), field, .. RoomReader.IdArguments(room, entry.Id, entry.Digest, entry.FirstSeen, ScopeOf(entry))];

    private static string ScopeOf(Entry entry) => entry.Scope ?? entry.Author?.Id ?? "";

    private readonly record struct Sent(RedisRoom Room, OwnEntry Own, Task<RedisResult> Answer);
}
