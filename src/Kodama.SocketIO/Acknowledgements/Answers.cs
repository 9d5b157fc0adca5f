using System.Runtime.ExceptionServices;

namespace Kodama.SocketIO;

/// <summary>Someone who waits until all sockets that were asked have acknowledged or ended. Thread-safe.</summary>
/// <param name="to">Who is asked.</param>
internal abstract class PendingAck(Audience to)
{
    private readonly List<(SocketPeer Socket, long Id)> asked = [];
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for whoever asks, so that answers that come meanwhile do not end it.
    private int missing = 1;

    // Of other hubs, where they are asked too: how many answers each owes; null, until they have said how many they ask.
    private Dictionary<string, int>? owed;
    private List<(string Hub, Payload? Answer)>? early;
    private int elsewhere;
    private Action? over;

    protected Audience To => to;

    protected int Expected => asked.Count + elsewhere;

    /// <summary>Other hubs that have not said whom they ask.</summary>
    protected IReadOnlyList<string> MissingHubs { get; private set; } = [];

    /// <summary>How long it waits.</summary>
    public TimeSpan Patience => to.AckTimeout ?? to.Space.Server.Options.AckTimeout;

    /// <summary>Why the first that did not answer has not.</summary>
    protected Exception? Failure { get; private set; }

    protected Lock Gate { get; } = new();

    /// <summary>Another socket is to be asked under this id; false, when it cannot be, which counts as no answer.</summary>
    public bool TryExpect(SocketPeer socket, long id)
    {
        asked.Add((socket, id));
        lock (Gate) missing++;
        if (socket.TryExpect(id, this)) return true;
        Miss(new InvalidOperationException(
            $"{socket.Space.Server.Options.MaxPendingAcks} acknowledgements of socket {socket.Id} are missing: "
                + "wait for some, or give them a shorter timeout, before asking for more."));
        return false;
    }

    /// <summary>Other hubs are asked too; whoever asks them is told when nobody waits any more.</summary>
    public void AskElsewhere(Action isOver)
    {
        lock (Gate)
        {
            over = isOver;
            early = [];
            missing++;
        }
    }

    /// <summary>The other hubs have said how many sockets each of them asks; of the missing ones nothing counts.</summary>
    public void Expect(Dictionary<string, int> counts, IReadOnlyList<string> missingHubs)
    {
        List<(string Hub, Payload? Answer)> come;
        lock (Gate)
        {
            (owed, MissingHubs, come, early) = (counts, missingHubs, early!, null);
            elsewhere = counts.Values.Sum();
            missing += elsewhere;
        }
        foreach (var (hub, answer) in come) AnsweredBy(hub, answer);
        Miss(null);
    }

    /// <summary>A socket of another hub has answered, or will not.</summary>
    public void AnsweredBy(string hub, Payload? answer)
    {
        lock (Gate)
        {
            if (owed is null)
            {
                early?.Add((hub, answer));
                return;
            }
            if (owed.GetValueOrDefault(hub) <= 0) return;
            owed[hub]--;
        }
        if (answer is { } given)
        {
            OnAnswer(new Packet
            {
                Type = PacketType.Ack,
                Data = given.Bytes,
                AttachmentCount = given.Attachments.Count,
                Attachments = given.Attachments,
            });
        }
        else
        {
            Miss(new SocketIOException("The socket has ended before it acknowledged the event, at another hub."));
        }
    }

    /// <summary>Hubs that are gone answer no more.</summary>
    public void Lose(HashSet<string> alive)
    {
        var lost = 0;
        lock (Gate)
        {
            foreach (var hub in owed?.Keys.Where(hub => !alive.Contains(hub)).ToArray() ?? [])
            {
                lost += owed![hub];
                owed[hub] = 0;
            }
        }
        for (; lost > 0; lost--) Miss(new SocketIOException("The hub of the socket has gone before it acknowledged the event."));
    }

    /// <summary>The client has answered; the packet is valid during the call. Once for each socket: this, or <see
    /// cref="OnGone"/>.</summary>
    public void OnAnswer(in Packet packet)
    {
        Exception? failure = null;
        try
        {
            Take(packet);
        }
        catch (Exception exception)
        {
            // It is no such value, or the application knows no such type. One client's nonsense does not spoil the others' answers.
            failure = exception;
        }
        Miss(failure);
    }

    /// <summary>No answer will come: the socket has ended.</summary>
    public void OnGone(string reason) =>
        Miss(new SocketIOException($"The socket has ended ({reason}) before it acknowledged the event."));

    protected abstract void Take(in Packet packet);

    /// <summary>One that was asked will not answer.</summary>
    protected virtual void NotAnswered()
    {
    }

    /// <summary>Waits, once all are asked; false, when time is over. Then nobody waits any more.</summary>
    protected async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        Miss(null);
        try
        {
            await completion.Task.WaitAsync(Patience, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            foreach (var (socket, id) in asked) socket.TakeAck(id);
            lock (Gate) over?.Invoke();
        }
    }

    private void Miss(Exception? why)
    {
        if (why is not null) NotAnswered();
        lock (Gate)
        {
            Failure ??= why;
            if (--missing > 0) return;
        }
        completion.TrySetResult();
    }
}

/// <summary>What the sockets have answered that were asked.</summary>
/// <param name="to">Who is asked.</param>
/// <param name="eventName">What.</param>
internal sealed class Answers<T>(Audience to, string eventName) : PendingAck(to)
{
    private readonly List<T?> answers = [];

    /// <summary>Once all are asked: those that have come when all have answered or time is over.</summary>
    public async Task<BroadcastAcks<T>> AllAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (Gate) return new BroadcastAcks<T>([.. answers], Expected) { MissingHubs = MissingHubs };
    }

    /// <summary>That of the only socket that was asked; throws why there is none.</summary>
    public async Task<T?> OneAsync(CancellationToken cancellationToken)
    {
        if (!await WaitAsync(cancellationToken).ConfigureAwait(false))
            throw new TimeoutException($"Socket {To.Only!.Id} has not acknowledged event \"{eventName}\" in time.");
        lock (Gate)
        {
            if (Failure is not null) ExceptionDispatchInfo.Throw(Failure);
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
            SocketIOLog.CallbackFailed(To.Space.Server.Logger, eventName, To.Space.Name, exception);
        }
    }

    /// <summary>Tells the callback, in turn with the handlers of the only socket, what that has answered, or why it has not.</summary>
    public async Task TellAsync(Action<Exception?, T?> answered)
    {
        var asking = OneAsync(CancellationToken.None);
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = asking.Exception?.InnerException;
        var answer = failed is null ? asking.Result : default;
        To.Only!.Link.Handlers.QueueAnswer(eventName, () => answered(failed, answer));
    }

    protected override void Take(in Packet packet)
    {
        var answer = To.Space.Server.Json.ReadAnswer<T>(packet);
        lock (Gate) answers.Add(answer);
    }
}
