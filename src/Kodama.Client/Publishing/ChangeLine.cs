namespace Kodama.Client.Publishing;

/// <summary>The changes of one room that are not acknowledged, in the order of the calls: sent, sent again after a reconnect, and ended
/// once each. Used with the client's lock held.</summary>
internal sealed class ChangeLine(ILineRoom room, PublishQueue queue)
{
    // Of an author the hub remembers 256 ids: from the oldest that is not decided to the newest that was sent it must be fewer.
    private const int Window = 128;

    private readonly LinkedList<Change> pending = [];
    private readonly Dictionary<string, Change> byId = new(StringComparer.Ordinal);
    private LinkedListNode<Change>? next;
    private int underWay;

    // Something could not be kept: nothing new, until all that was behind it is refused too and the room is joined anew.
    private bool isHeld;

    // The ids began anew: nothing, until what was missed has told what is there.
    private bool isUnsure;
    private Exception? closed;

    // The order of the change that was taken in last, and of the last before the program exited.
    private long last;
    private long exited;

    public RoomPosition? Position => room.Position;

    /// <summary>Takes it in, or lets it wait for its share.</summary>
    /// <exception cref="KodamaClientException">The room was left, or the queue is full.</exception>
    public void Add(Change change)
    {
        if (closed is not null) throw closed;
        queue.Add(change);
    }

    /// <summary>It has its share.</summary>
    public void Enter(Change change)
    {
        change.Order = ++last;
        change.Place = pending.AddLast(change);
        byId.Add(change.Id, change);
        next ??= change.Place;
        Flush();
    }

    /// <summary>Sends what may be.</summary>
    public void Flush()
    {
        while (!isHeld && !isUnsure && room.Wire is { } wire && next is { } node && node.Value.Order < pending.First!.Value.Order + Window)
        {
            next = node.Next;
            var change = node.Value;
            if (change.IsUnderWay || change.Doubt is not null) continue;
            change.IsUnderWay = true;
            underWay++;
            wire.Send_NeedsLock(change);
        }
    }

    /// <summary>The room is joined over a new connection: all again.</summary>
    public void Restart(bool isSessionNew)
    {
        isHeld = false;
        isUnsure |= isSessionNew && pending.Any(c => c.WasSent);
        Again();
    }

    /// <summary>The hub has let the client in: it has left before, so nothing holds up anything; what was refused before, as it was not in,
    /// is sent again.</summary>
    public void Joined()
    {
        if (underWay == 0) isHeld = false;
        Again();
    }

    /// <summary>What was before has been told: what is not there will not come.</summary>
    public void CaughtUp()
    {
        foreach (var change in pending.Where(c => c.Doubt is not null).ToList()) End(change, change.Doubt!);
        if (isUnsure)
        {
            isUnsure = false;
            foreach (var change in pending.Where(c => c.WasSent).ToList())
                End(change, RequestRefusedException.Unknown("The hub has forgotten the session, and does not know its ids any more"));
        }
        Flush();
    }

    /// <summary>An entry of this client's has come: what has this id is in the room.</summary>
    public void See(string id, RoomPosition position)
    {
        if (byId.TryGetValue(id, out var change) && change.WasSent) Acknowledge(change, new Publication(position, IsDuplicate: false));
    }

    /// <summary>Whether anything could be seen.</summary>
    public bool IsEmpty => pending.Count == 0;

    public void Acknowledge(Change change, Publication publication, bool isAnswer = false)
    {
        if (isAnswer) Answered(change);
        if (Remove(change))
        {
            room.Acknowledged(change, publication);
            change.Succeed(publication);
        }
        GoOn();
    }

    public void Refuse(Change change, RequestRefusedException refusal)
    {
        Answered(change);
        switch (refusal.Code)
        {
            // The join has not succeeded; it is tried again, and this then too.
            case RequestRefusedException.NotJoined when !room.IsJoined && change.Place is not null && closed is null:
                return;
            // It may be among what was missed.
            case RequestRefusedException.OutcomeUnknown when room.IsCatchingUp && change.Place is not null && closed is null:
                change.Doubt = refusal;
                return;
            case RequestRefusedException.NotKept or RequestRefusedException.NotInOrder:
                isHeld = true;
                break;
        }
        End(change, refusal);
        if (refusal.Code == RequestRefusedException.NotJoined) room.Lost(refusal);
        GoOn();
    }

    /// <summary>The connection has ended without an answer.</summary>
    public void Lose(Change change)
    {
        Answered(change);
        if (closed is not null) End(change, RequestRefusedException.Unknown("The connection ended before the hub had acknowledged it"));
        else if (IsExited(change)) Withdraw(change);
    }

    /// <summary>The program is to be present no more: what is under way comes before that, and nothing else that it was to enter with is
    /// sent.</summary>
    public void Exit()
    {
        exited = last;
        foreach (var change in queue.RemoveWaiting(this, static change => change.Data is not null)) Withdraw(change);
        foreach (var change in pending.Where(c => IsExited(c) && !c.IsUnderWay).ToList()) Withdraw(change);
    }

    /// <summary>Whether the program has entered with it, and exited since.</summary>
    public bool IsExited(Change change) => change.Data is not null && change.Order <= exited;

    /// <summary>The program does not wait any more.</summary>
    public void Cancel(Change change, CancellationToken cancellationToken)
    {
        if (change.Task.IsCompleted) return;
        // With the wire, and not sent: it never will be.
        if (!change.WasSent) Answered(change);
        if (!Remove(change)) queue.Remove(change);
        change.Fail(new PublishCanceledException(change.WasSent, cancellationToken));
        GoOn();
    }

    /// <summary>The room is left, or the client ends. What is under way waits for its answer as long as there is a connection.</summary>
    public void Close(Exception why)
    {
        closed ??= why;
        foreach (var change in queue.RemoveWaiting(this, static _ => true)) change.Fail(why);
        foreach (var change in pending.Where(c => !c.IsUnderWay || !c.WasSent).ToList())
        {
            End(change, change.WasSent ? RequestRefusedException.Unknown("It was given up before the hub had acknowledged it") : why);
        }
    }

    private void Again()
    {
        next = pending.First;
        Flush();
    }

    private void GoOn()
    {
        Flush();
        if (!isHeld || underWay > 0 || closed is not null || !room.IsJoined) return;
        isHeld = false;
        room.Rejoin();
        Flush();
    }

    private void Answered(Change change)
    {
        if (!change.IsUnderWay) return;
        change.IsUnderWay = false;
        underWay--;
    }

    private void Withdraw(Change change)
    {
        Remove(change);
        change.Fail(change.WasSent
            ? RequestRefusedException.Unknown("The program exited before the hub had acknowledged it")
            : new PublishCanceledException(wasSent: false, CancellationToken.None));
    }

    private void End(Change change, Exception why)
    {
        if (Remove(change)) change.Fail(why);
    }

    private bool Remove(Change change)
    {
        if (change.Place is not { } place) return false;
        if (next == place) next = place.Next;
        pending.Remove(place);
        change.Place = null;
        byId.Remove(change.Id);
        queue.Remove(change);
        return true;
    }
}
