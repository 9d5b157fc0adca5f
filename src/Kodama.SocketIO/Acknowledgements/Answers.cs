namespace Kodama.SocketIO;

/// <summary>Someone who waits for the acknowledgements of sockets. Thread-safe.</summary>
internal abstract class PendingAck
{
    private readonly List<(SocketPeer Socket, long Id)> asked = [];

    /// <summary>How many were asked.</summary>
    protected int Expected => asked.Count;

    /// <summary>Another socket is to be asked under this id; false, when it cannot be, which counts as no answer.</summary>
    public bool TryExpect(SocketPeer socket, long id)
    {
        asked.Add((socket, id));
        OnAsked();
        if (socket.TryExpect(id, this)) return true;
        OnMissed(new InvalidOperationException(
            $"{socket.Space.Server.Options.MaxPendingAcks} acknowledgements of socket {socket.Id} are missing: "
                + "wait for some, or give them a shorter timeout, before asking for more."));
        return false;
    }

    /// <summary>The client has answered; the packet is valid during the call. Once for each socket: this, or <see
    /// cref="OnGone"/>.</summary>
    public abstract void OnAnswer(in Packet packet);

    /// <summary>No answer will come: the socket has ended.</summary>
    public void OnGone(string reason) =>
        OnMissed(new SocketIOException($"The socket has ended ({reason}) before it acknowledged the event."));

    protected abstract void OnAsked();

    protected abstract void OnMissed(Exception why);

    /// <summary>Nobody waits any more.</summary>
    protected void Forget()
    {
        foreach (var (socket, id) in asked) socket.Acks.Take(id);
    }
}

/// <summary>Collects what the sockets answer that were asked, until all have answered or ended.</summary>
internal sealed class Answers<T>(ArgumentJson json) : PendingAck
{
    private readonly Lock gate = new();
    private readonly List<T?> answers = [];
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for whoever asks, so that answers that come meanwhile do not end it.
    private int missing = 1;
    private Exception? failure;

    /// <summary>Those that came.</summary>
    public BroadcastAcks<T> All
    {
        get
        {
            lock (gate) return new BroadcastAcks<T>([.. answers], Expected);
        }
    }

    /// <summary>That of the only socket that was asked; throws why there is none.</summary>
    public T? Only
    {
        get
        {
            lock (gate)
            {
                if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                return answers is [var answer] ? answer : throw new SocketIOException("The socket has ended before it was asked.");
            }
        }
    }

    /// <summary>Waits, once all are asked; false, when time is over.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Miss();
        try
        {
            await completion.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Forget();
        }
    }

    public override void OnAnswer(in Packet packet)
    {
        try
        {
            var answer = json.ReadAnswer<T>(packet);
            lock (gate) answers.Add(answer);
            Miss();
        }
        catch (Exception exception)
        {
            // It is no T, or the application knows no such type. One client's nonsense does not spoil the others' answers.
            OnMissed(exception);
        }
    }

    protected override void OnAsked()
    {
        lock (gate) missing++;
    }

    protected override void OnMissed(Exception why)
    {
        lock (gate) failure ??= why;
        Miss();
    }

    private void Miss()
    {
        lock (gate)
        {
            if (--missing > 0) return;
        }
        completion.TrySetResult();
    }
}

/// <summary>The acknowledgements that are expected of one socket, by id; each is taken out once. Thread-safe.</summary>
internal sealed class AckTable(int capacity)
{
    private readonly Lock gate = new();
    private Dictionary<long, PendingAck>? pending = [];
    private string goneReason = "";

    public int Count
    {
        get
        {
            lock (gate) return pending?.Count ?? 0;
        }
    }

    /// <summary>Waits for an answer. False, when as many are waited for as may be; if the socket has ended, the waiter is told at
    /// once.</summary>
    public bool TryAdd(long id, PendingAck waiter)
    {
        lock (gate)
        {
            if (pending is not null) return pending.Count < capacity && pending.TryAdd(id, waiter);
        }
        waiter.OnGone(goneReason);
        return true;
    }

    public PendingAck? Take(long id)
    {
        lock (gate) return pending is not null && pending.Remove(id, out var waiter) ? waiter : null;
    }

    /// <summary>Tells all who wait that the socket has ended.</summary>
    public void Close(string reason)
    {
        Dictionary<long, PendingAck>? left;
        lock (gate)
        {
            left = pending;
            pending = null;
            goneReason = reason;
        }
        if (left is null) return;
        foreach (var waiter in left.Values) waiter.OnGone(reason);
    }
}
