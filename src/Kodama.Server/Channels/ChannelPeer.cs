namespace Kodama.Server;

/// <summary>A channel as a peer of the hub, which it becomes with its first join: only described until then.</summary>
internal sealed class ChannelPeer : IPeerLink
{
    private readonly WebSocketChannel channel;
    private readonly DoorKit kit;
    private TaskCompletionSource<CloseReason?>? entering;

    public ChannelPeer(WebSocketChannel channel, DoorKit kit, PeerDescription description)
    {
        this.channel = channel;
        this.kit = kit;
        Peer = kit.Hub.Describe(description, this);
    }

    public Peer Peer { get; }

    /// <summary>Whether it has come into the hub, or is about to.</summary>
    public bool HasEntered => Volatile.Read(ref entering) is not null;

    /// <summary>Comes into the hub, if it has not, and into a room.</summary>
    /// <exception cref="InvalidOperationException">It cannot be there.</exception>
    public async ValueTask<Room> JoinAsync(JoinRequest request)
    {
        if (await EnterAsync().ConfigureAwait(false) is { } refusal)
        {
            channel.Close(refusal);
            throw new InvalidOperationException($"The hub does not let the channel in: {refusal.Text}");
        }
        if (kit.Hub.FindRoom(request.Room) is { } known
            && !await known.CatchUpAsync(request.Start, Peer.Disconnected).ConfigureAwait(false))
            throw Refused(JoinResult.Unavailable, request.Room);
        while (true)
        {
            var joined = kit.Hub.Join(Peer, request);
            if (joined.Room is { } room) return room;
            if (joined.Result != JoinResult.AlreadyIn) throw Refused(joined.Result, request.Room);
            // It may leave at this moment.
            if (Peer.Rooms.FirstOrDefault(r => r.Name == request.Room) is { } there) return there;
        }
    }

    public async ValueTask<PublishResult> PublishAsync(Room room, Payload payload)
    {
        using var batch = FlushBatch.Rent();
        return await kit.Hub.PublishAsync(Peer, room, payload, Message.DefaultEvent, batch).ConfigureAwait(false);
    }

    /// <summary>Leaves its rooms and the hub; does nothing the second time.</summary>
    public void Leave(CloseReason reason) => kit.Hub.Remove(Peer, reason);

    /// <summary>Its connection has ended.</summary>
    public void Gone(CloseReason reason)
    {
        if (HasEntered) kit.Remove(Peer, reason);
    }

    void IPeerLink.Flush() => channel.Flush();

    void IPeerLink.Close(CloseReason reason) => channel.Close(reason);

    // Whoever comes first lets it in, and the others wait for that.
    private async Task<CloseReason?> EnterAsync()
    {
        if (channel.IsOver) throw IsClosed();
        var created = new TaskCompletionSource<CloseReason?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref entering, created, null) is { } first) return await first.Task.ConfigureAwait(false);
        try
        {
            var admission = await kit.AdmitAsync(Peer, channel.Closed).ConfigureAwait(false);
            // Either this sees that the channel is over, or whoever has closed it sees the peer.
            if (channel.IsOver) Leave(CloseReason.Lost);
            created.SetResult(admission.IsAccepted ? null : admission.Refusal);
        }
        catch (Exception exception)
        {
            created.SetException(exception);
        }
        return await created.Task.ConfigureAwait(false);
    }

    private InvalidOperationException Refused(JoinResult result, string room) => result switch
    {
        JoinResult.PeerFull =>
            new($"The channel is in {Peer.Rooms.Count} rooms, as many as a peer may be in (MaxRoomsPerPeer): leave one first."),
        JoinResult.HubFull => new($"There is no room \"{room}\", and the hub has as many as it may (Log.MaxRooms)."),
        JoinResult.Unavailable => new($"What is kept of room \"{room}\" cannot be opened now; the hub's log says why."),
        _ => IsClosed(),
    };

    private static InvalidOperationException IsClosed() => new("The channel is closed: it can be in no room any more.");
}
