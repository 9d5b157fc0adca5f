using System.Diagnostics.CodeAnalysis;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>
/// Finds who sent a message. A raw WebSocket carries what was said, and not by whom; the hub's event stream carries both, in the same
/// order. By that order alone the two are matched: where it breaks, as one of them has lost something, nobody is named until they are in
/// step again. A wrong name is worse than none. Messages are shown in any case, and wait for a name only while the last one had one.
/// Thread-safe.
/// </summary>
internal sealed class SenderLookup(TimeProvider time)
{
    // One read of the stream holds some hundreds; who is further behind it has lost step.
    private const int MaxWaiting = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    // The WebSocket brings what the stream has told, unless the connection is lost, or a filter has kept it from this peer.
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<RoomMessage> unshown = new();
    private readonly List<ShownMessage> unheard = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StepSearch? search;
    private bool live;
    private bool waits;
    private bool quiet;
    private bool shows;
    private bool isBehind;

    /// <summary>Whether the stream is being read; if not, nobody waits for it.</summary>
    public bool IsLive
    {
        set
        {
            lock (gate)
            {
                live = value;
                Begin_NeedsLock([], []);
                Pulse_NeedsLock();
            }
        }
    }

    /// <summary>The stream has told of a message that the WebSocket shows too, has shown, or will show.</summary>
    public void Hear(RoomMessage message)
    {
        lock (gate)
        {
            quiet = false;
            if (search is not null)
            {
                search.Hear(message);
                TryMeet_NeedsLock();
            }
            else if (unheard.FindIndex(message.IsSame) is >= 0 and var index)
            {
                // It was late. Those before it were for this peer alone: the stream does not tell of them.
                unheard.RemoveRange(0, index + 1);
                waits = unheard.Count == 0;
            }
            else
            {
                unheard.Clear();
                unshown.Enqueue(message);
                if (unshown.Count > MaxWaiting) LoseStep_NeedsLock();
            }
            Pulse_NeedsLock();
        }
    }

    /// <summary>The stream has left something out.</summary>
    public void Miss()
    {
        lock (gate)
        {
            if (search is null) LoseStep_NeedsLock();
            Pulse_NeedsLock();
        }
    }

    /// <summary>The stream has told its time, behind all that happened before. Where neither has had anything since the last time, they are
    /// level.</summary>
    public void Tick()
    {
        lock (gate)
        {
            if (quiet && search is not null) Begin_NeedsLock([], []);
            quiet = true;
        }
    }

    /// <summary>The sender of the next message of the WebSocket; null where it is not known.</summary>
    public async ValueTask<RoomPeer?> FindAsync(HubMessage message)
    {
        var shown = new ShownMessage(message);
        CancellationTokenSource? patience = null;
        try
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (TryFind_NeedsLock(shown, hasWaited: patience?.IsCancellationRequested == true, out var sender)) return sender;
                    next = more.Task;
                }
                patience ??= new CancellationTokenSource(Patience, time);
                await next.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            patience?.Dispose();
        }
    }

    /// <summary>What was found is shown.</summary>
    public void Show()
    {
        lock (gate)
        {
            shows = false;
            Pulse_NeedsLock();
        }
    }

    /// <summary>Returns when all that the stream has told is shown. One that is not shown for long is not waited for again, until the two
    /// are level.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask ShownAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (unshown.Count == 0 && !shows)
                {
                    isBehind = false;
                    return;
                }
                isBehind |= patience.IsCancellationRequested;
                if (isBehind) return;
                next = more.Task;
            }
            await next.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Whether there is nothing to wait for.</summary>
    private bool TryFind_NeedsLock(ShownMessage message, bool hasWaited, out RoomPeer? sender)
    {
        (sender, quiet) = (null, false);
        if (!live) return true;
        if (search is null)
        {
            if (unshown.TryPeek(out var first))
            {
                if (first.IsSame(message))
                {
                    (sender, waits, shows) = (unshown.Dequeue().From, true, true);
                    return true;
                }
                LoseStep_NeedsLock();
            }
            else
            {
                if (waits && !hasWaited) return false;
                waits = false;
                unheard.Add(message);
                if (unheard.Count > MaxWaiting) LoseStep_NeedsLock();
                return true;
            }
        }
        search.Show(message);
        TryMeet_NeedsLock();
        return true;
    }

    [MemberNotNull(nameof(search))]
    private void LoseStep_NeedsLock()
    {
        search = new StepSearch();
        foreach (var message in unshown) search.Hear(message);
        foreach (var message in unheard) search.Show(message);
        unshown.Clear();
        unheard.Clear();
    }

    private void TryMeet_NeedsLock()
    {
        if (search!.TryMeet(out var heard, out var shown)) Begin_NeedsLock(heard, shown);
    }

    private void Begin_NeedsLock(IReadOnlyList<RoomMessage> heard, IReadOnlyList<ShownMessage> shown)
    {
        (search, waits) = (null, shown.Count == 0);
        unshown.Clear();
        unheard.Clear();
        foreach (var message in heard) unshown.Enqueue(message);
        unheard.AddRange(shown);
    }

    private void Pulse_NeedsLock()
    {
        more.SetResult();
        more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
