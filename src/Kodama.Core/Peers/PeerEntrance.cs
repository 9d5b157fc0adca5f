namespace Kodama;

/// <summary>How peers come in and go: a seat for each, one connection for a session, the validators, and who is told.</summary>
internal sealed class PeerEntrance(
    Hub hub, PeerRegistry peers, Neighbours neighbours, PeerValidators validators, ConnectionEvents events)
{
    private readonly SessionTurns turns = new();
    private bool isClosed;

    /// <summary>Whether nobody comes in any more.</summary>
    public bool IsClosed => Volatile.Read(ref isClosed);

    /// <summary>Lets one in that is described, once.</summary>
    public async ValueTask<Admission> AdmitAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (IsClosed) return new Admission(CloseReason.GoingAway);
        var announced = events.AreSome ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        // One that is on its way in cannot be ended before it is open.
        using (await turns.TakeAsync(peer.Session))
        {
            if (!await neighbours.TakeOverAsync(peer)) return new Admission(CloseReason.TakenOver);
            // It may be dead without knowing, and holds what its client needs to come back: a seat, a name.
            await TakeOverAsync(peer.Session);
            var most = hub.Options.MaxPeers;
            if (!peers.TryTakeSeat(most))
            {
                hub.Counters.CountRefused();
                var text = $"The hub is full: it takes {most} peer{(most == 1 ? "" : "s")}.";
                return new Admission(CloseReason.Refused with { Text = text });
            }
            if (await validators.ValidateAsync(peer, cancellationToken) is { } refusal)
            {
                peers.GiveSeatBack();
                // Only now: who is told that one was refused finds its seat free.
                hub.Counters.CountRefused();
                return new Admission(refusal);
            }
            // Registered before it can go: whoever removes it finds it here.
            peers.Add(peer);
            peer.Open(announced?.Task ?? Task.CompletedTask);
        }
        await events.ConnectedAsync(peer, cancellationToken);
        announced?.SetResult();
        // Whoever came between the first look and the registry was not told.
        if (IsClosed) peer.Disconnect(CloseReason.GoingAway);
        else if (neighbours.IsOvertaken(peer)) peer.Disconnect(CloseReason.TakenOver);
        return new Admission(peer);
    }

    /// <summary>Does nothing the second time.</summary>
    public void Remove(Peer peer, CloseReason reason)
    {
        if (peer.Go(reason) is not { } left) return;
        peers.Remove(peer);
        validators.Release(peer);
        // Only now: who comes back finds it until what it held is free.
        peers.RemoveSession(peer);
        peer.SetReleased();
        foreach (var membership in left) membership.Room.Members.Left(membership, reason);
        if (events.AreSome) _ = TellGoneAsync(peer, reason);
    }

    /// <summary>Lets nobody in any more, and says goodbye to all who are in.</summary>
    public void Close(CloseReason goodbye)
    {
        goodbye.ThrowIfNotSendable();
        Volatile.Write(ref isClosed, true);
        foreach (var peer in peers.All) peer.Disconnect(goodbye);
    }

    private async ValueTask TakeOverAsync(string? session)
    {
        if (session is null || peers.FindSession(session) is not { } older) return;
        older.Disconnect(CloseReason.TakenOver);
        // It may be going already, by another thread that has not released it yet.
        await older.Released;
    }

    private async Task TellGoneAsync(Peer peer, CloseReason reason)
    {
        // Whoever is told runs on a thread of its own: this may be one that other peers wait for.
        await peer.Announced.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await events.DisconnectedAsync(peer, reason);
    }
}
