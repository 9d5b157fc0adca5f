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
        var retention = new Retention(1, Retention.MostBytes, TimeSpan.FromDays(1), TimeSpan.Zero);
        store = engine.Open(Name + prefix, retention, this, out var kept);
        saved = kept.Messages is [.., var last] ? SavedNamespaces.Read(last.Payload.Bytes, time.GetUtcNow()) : [];
        if (saved.Count > 0) Write([]);
    }

    /// <summary>What there is of a namespace, once.</summary>
    public SavedNamespace? Take(string name)
    {
        lock (gate) return saved.Remove(name, out var space) ? space : null;
    }

    /// <summary>Keeps the sockets that are away, and what they may have missed: when nothing is handed out any more.</summary>
    /// <exception cref="EngineException">It cannot be kept.</exception>
    /// <exception cref="TimeoutException">It is not kept by now.</exception>
    public void Save(IEnumerable<SocketIONamespace> spaces, AwaySessions away)
    {
        // What waits for the engine is handed out before it is done with this.
        Write([]);
        Write(SavedNamespaces.Write(spaces, away));
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

    void IRoomFeed.Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch) => written.TrySetResult();

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
