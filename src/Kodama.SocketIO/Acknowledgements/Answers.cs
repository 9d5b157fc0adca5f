using System.Runtime.ExceptionServices;

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
        foreach (var (socket, id) in asked) socket.TakeAck(id);
    }
}

/// <summary>Collects what the sockets answer that were asked, until all have answered or ended.</summary>
/// <param name="to">Who is asked.</param>
/// <param name="eventName">What.</param>
internal sealed class Answers<T>(Audience to, string eventName) : PendingAck
{
    private readonly Lock gate = new();
    private readonly List<T?> answers = [];
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for whoever asks, so that answers that come meanwhile do not end it.
    private int missing = 1;
    private Exception? failure;

    /// <summary>Once all are asked: those that have come when all have answered or time is over.</summary>
    public async Task<BroadcastAcks<T>> AllAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (gate) return new BroadcastAcks<T>([.. answers], Expected);
    }

    /// <summary>That of the only socket that was asked; throws why there is none.</summary>
    public async Task<T?> OneAsync(CancellationToken cancellationToken)
    {
        if (!await WaitAsync(cancellationToken).ConfigureAwait(false))
            throw new TimeoutException($"Socket {to.Only!.Id} has not acknowledged event \"{eventName}\" in time.");
        lock (gate)
        {
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
            return answers is [var answer] ? answer : throw new SocketIOException("The socket has ended before it was asked.");
        }
    }

    /// <summary>Tells the callback all that came.</summary>
    public async Task TellAsync(Action<BroadcastAcks<T>> answered)
    {
        var all = await AllAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            answered(all);
        }
        catch (Exception exception)
        {
            SocketIOLog.CallbackFailed(to.Space.Server.Logger, eventName, to.Space.Name, exception);
        }
    }

    /// <summary>Tells the callback, in turn with the handlers of the only socket, what that has answered, or why it has not.</summary>
    public async Task TellAsync(Action<Exception?, T?> answered)
    {
        var asking = OneAsync(CancellationToken.None);
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = asking.Exception?.InnerException;
        var answer = failed is null ? asking.Result : default;
        to.Only!.Link.Handlers.QueueAnswer(eventName, () => answered(failed, answer));
    }

    public override void OnAnswer(in Packet packet)
    {
        try
        {
            var answer = to.Space.Server.Json.ReadAnswer<T>(packet);
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

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        Miss();
        try
        {
            var timeout = to.AckTimeout ?? to.Space.Server.Options.AckTimeout;
            await completion.Task.WaitAsync(timeout, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
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
}
