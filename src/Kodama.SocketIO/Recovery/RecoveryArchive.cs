using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO;

/// <summary>
/// Where a hub with an engine leaves what its sockets need to come back to the process that comes after it: one message, in a room of the
/// engine's that nobody can enter. While a hub is at work the message is empty, so that one that was killed leaves nothing: it had handed
/// out what nobody has kept.
/// </summary>
internal sealed class RecoveryArchive : IRoomFeed
{
    // No door lets such a name in.
    private const string Name = "\u0001socket.io";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IRoomStore store;
    private readonly TimeProvider time;
    private readonly Dictionary<string, SavedNamespace> saved;
    private readonly Lock gate = new();
    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isSaved;
    private bool isSpoiled;

    /// <summary>Takes what there is, and leaves nothing: what comes back twice would come back to the past.</summary>
    /// <param name="engine">Of the hub.</param>
    /// <param name="prefix">The server's.</param>
    /// <param name="time">The hub's.</param>
    /// <exception cref="EngineException">It cannot be read, or not be taken.</exception>
    public RecoveryArchive(IEngine engine, string prefix, TimeProvider time)
    {
        this.time = time;
        var retention = new Retention(1, Retention.MostBytes, TimeSpan.FromDays(1), TimeSpan.Zero);
        store = engine.Open(Name + prefix, retention, this, out var kept);
        var bytes = kept.Messages is [.., var last] ? last.Payload.Bytes : default;
        // An earlier version wrote it in another way.
        var isJson = bytes.Length > 0 && bytes.Span[0] == '[';
        var spaces = isJson ? JsonSerializer.Deserialize(bytes.Span, SavedJson.Default.SavedNamespaceArray)! : [];
        saved = spaces.ToDictionary(space => space.Name, StringComparer.Ordinal);
        if (bytes.Length > 0) Write([]);
    }

    /// <summary>What there is of a namespace, once: its log, and who may come back, for how long yet.</summary>
    public (KeptRoom Log, IEnumerable<(RecoverySession Session, TimeSpan Left)> Sessions)? Take(string name)
    {
        lock (gate)
        {
            if (!saved.Remove(name, out var space)) return null;
            var now = time.GetUtcNow();
            var sessions = space.Sessions.Where(session => session.Until > now).Select(session => (session.Restore(), session.Until - now));
            return (space.RestoreLog(), sessions);
        }
    }

    /// <summary>Keeps the sockets that are away, and what they may have missed: when nothing is handed out any more.</summary>
    /// <exception cref="EngineException">It cannot be kept.</exception>
    /// <exception cref="TimeoutException">It is not kept by now.</exception>
    public void Save(IEnumerable<SocketIONamespace> spaces, AwaySessions away)
    {
        // What waits for the engine is handed out before it is done with this.
        Write([]);
        var now = time.GetUtcNow();
        SavedNamespace[] left = [.. spaces.Select(space => SavedNamespace.Of(space, away, now)).Where(space => space.Sessions.Length > 0)];
        if (left.Length > 0) Write(JsonSerializer.SerializeToUtf8Bytes(left, SavedJson.Default.SavedNamespaceArray));
    }

    /// <summary>Something was handed out all the same: what is kept is not all.</summary>
    public void Spoil()
    {
        lock (gate)
        {
            if (isSaved && !isSpoiled) Append([]);
            isSpoiled = true;
        }
    }

    KeyBounds IRoomFeed.Bounds => default;

    void IRoomFeed.Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch) => written.TrySetResult();

    void IRoomFeed.Answer(Entry entry, PublishResult answer) => written.TrySetResult();

    void IRoomFeed.Renew(KeptRoom kept)
    {
        // One that may be renewed has no archive: its hubs would take each other's.
    }

    void IRoomFeed.Fail(ReadOnlySpan<Entry> entries, RefusalCode code, string why) => written.TrySetException(new EngineException(why));

    private void Write(byte[] bytes)
    {
        written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (isSpoiled) return;
            isSaved = bytes.Length > 0;
            Append(bytes);
        }
        written.Task.WaitAsync(Patience).GetAwaiter().GetResult();
    }

    private void Append(byte[] bytes) => store.Append(new Entry { Payload = Payload.Of(bytes) });
}

/// <summary>A namespace as one process leaves it to the next: its log, and the sockets that are away.</summary>
internal sealed record SavedNamespace(
    string Name, string Epoch, long Last, DateTimeOffset LastTime, long Trimmed, SavedEvent[] Events, SavedSession[] Sessions)
{
    public static SavedNamespace Of(SocketIONamespace space, AwaySessions away, DateTimeOffset now)
    {
        var log = space.Recovery!.Seal();
        var events = log.Messages.Select(entry => new SavedEvent(entry.Offset, entry.Time, entry.Payload.Bytes));
        var sessions = away.Of(space).Where(static one => PlainData.Is(one.Session.Data))
            .Select(one => SavedSession.Of(one.Session, now + one.Left));
        return new SavedNamespace(space.Name, log.Epoch, log.Last, log.LastTime, log.Trimmed, [.. events], [.. sessions]);
    }

    public KeptRoom RestoreLog()
    {
        var entries = Events.Select(one => new Entry { Payload = Payload.Of(one.Bytes) }.Place(one.Offset, one.Time));
        return new KeptRoom(Epoch, Last, LastTime, Trimmed, [.. entries], [], 0, [], 0);
    }
}

/// <summary>An event with its audience: <see cref="AudienceWriter.With"/>.</summary>
internal sealed record SavedEvent(long Offset, DateTimeOffset Time, ReadOnlyMemory<byte> Bytes);

internal sealed record SavedStay(string Room, long From, long To);

internal sealed record SavedSession(
    string Id, string Pid, DateTimeOffset Until, long Start, long End, long Forgotten, long Late, long Early, SavedStay[] Stays,
    IReadOnlyList<string> Rooms, Dictionary<string, string?> Data, string? Life = null)
{
    public static SavedSession Of(RecoverySession session, DateTimeOffset until) => new(
        session.Id, session.Pid, until, session.Start, session.End, session.Forgotten, session.Late, session.Early,
        [.. session.Stays.Select(stay => new SavedStay(stay.Room, stay.From, stay.To))], session.Rooms,
        PlainData.Write(session.Data));

    public RecoverySession Restore()
    {
        var session = new RecoverySession(Id, Pid)
        {
            IsRestored = true,
            IsKnown = true,
            Start = Start,
            End = End,
            Forgotten = Forgotten,
            Late = Late,
            Early = Early,
            Rooms = Rooms,
        };
        session.Stays = [.. Stays.Select(stay => new Stay(session, stay.Room, stay.From) { To = stay.To })];
        if (Data.Count > 0) session.Data = PlainData.Read(Data);
        return session;
    }
}

[JsonSerializable(typeof(SavedNamespace[]))]
[JsonSerializable(typeof(SavedSession))]
internal sealed partial class SavedJson : JsonSerializerContext;
