namespace Kodama.SocketIO;

/// <summary>The handlers of one socket, by event. Thread-safe; reading it takes no lock.</summary>
internal sealed class HandlerTable
{
    private readonly Lock gate = new();
    private volatile Dictionary<string, Func<SocketIOEvent, ValueTask>[]> byEvent = new(StringComparer.Ordinal);

    public Func<SocketIOEvent, ValueTask>[] Any { get; private set; } = [];

    public Func<SocketIOEvent, ValueTask>[] AnyOutgoing { get; private set; } = [];

    public Func<SocketIOEvent, ValueTask>[] Of(string eventName) => byEvent.TryGetValue(eventName, out var handlers) ? handlers : [];

    public void Add(string eventName, Func<SocketIOEvent, ValueTask> handler)
    {
        lock (gate) Replace(eventName, [.. Of(eventName), handler]);
    }

    /// <summary>Takes one handler out, or all of the event.</summary>
    public void Remove(string eventName, Func<SocketIOEvent, ValueTask>? handler = null)
    {
        lock (gate) Replace(eventName, handler is null ? [] : Array.FindAll(Of(eventName), h => h != handler));
    }

    public void AddAny(Func<SocketIOEvent, ValueTask> handler)
    {
        lock (gate) Any = [.. Any, handler];
    }

    public void AddAnyOutgoing(Func<SocketIOEvent, ValueTask> handler)
    {
        lock (gate) AnyOutgoing = [.. AnyOutgoing, handler];
    }

    public void RemoveAny()
    {
        lock (gate) Any = [];
    }

    private void Replace(string eventName, Func<SocketIOEvent, ValueTask>[] handlers)
    {
        var next = new Dictionary<string, Func<SocketIOEvent, ValueTask>[]>(byEvent, StringComparer.Ordinal);
        if (handlers.Length > 0) next[eventName] = handlers;
        else next.Remove(eventName);
        byEvent = next;
    }
}
