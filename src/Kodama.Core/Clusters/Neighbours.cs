namespace Kodama;

/// <summary>What a hub asks of the other hubs that share its rooms, and does for them. Where there are none, it does nothing.</summary>
internal sealed class Neighbours
{
    private const byte Done = 1;
    private const byte No = 2;

    private readonly Hub hub;
    private readonly PeerRegistry peers;
    private readonly ICluster? cluster;
    private readonly SeatMemory seats;

    public Neighbours(Hub hub, PeerRegistry peers)
    {
        this.hub = hub;
        this.peers = peers;
        cluster = hub.Cluster;
        seats = new SeatMemory(hub.Time);
        if (cluster is null) return;
        Handle(TellingKind.Session, EndOlderAsync);
        Handle(TellingKind.Direct, what => new(Deliver(what)));
        Handle(TellingKind.Disconnect, what => new(Disconnect(what)));
        Handle(TellingKind.ToAll, what => new(SendToAll(what)));
        Handle(TellingKind.Review, what => new(Review(what)));
        Handle(TellingKind.Empty, what => new(Empty(what)));
    }

    /// <summary>Whether there are others, and they can be reached.</summary>
    public bool AreReachable => cluster is { IsReachable: true };

    /// <summary>
    /// Ends older connections of a session elsewhere. False, where a newer one is there, or on its way in: this one is late.
    /// </summary>
    public async ValueTask<bool> TakeOverAsync(Peer peer)
    {
        if (cluster is null || !peer.IsResuming || !cluster.IsReachable || await cluster.NumberAsync() is not { } seat) return true;
        peer.Seat = seat;
        using var said = new TellingWriter();
        var answers = await cluster.AskAsync((byte)TellingKind.Session, said.Add(peer.Session!).Add(seat).Written);
        return !answers.Answers.Any(static answer => answer.What.Span is [No]) && !IsOvertaken(peer);
    }

    /// <summary>Whether a newer connection of its session has come elsewhere meanwhile.</summary>
    public bool IsOvertaken(Peer peer) => cluster is not null && peer.Session is { } session && seats.HasNewer(session, peer.Seat);

    /// <summary>A message to a peer or session elsewhere; of a peer, if both are in a room in which that one may publish.</summary>
    public async ValueTask<PublishResult> SendAsync(Peer? sender, string to, Message message)
    {
        using var said = new TellingWriter();
        said.Add(to).Add(message.Author).Add(sender?.RoomsToPublish() ?? []).Add(message.Event).Add(message.Payload);
        if (said.Written.Length > ICluster.MostBytes)
            return PublishResult.Refused(RefusalCode.TooLarge, "The message is larger than what one hub tells another.");
        var answers = await cluster!.AskAsync((byte)TellingKind.Direct, said.Written, static answer => answer.Length > 0);
        foreach (var (_, answer) in answers.Answers)
        {
            if (answer.Span is [Done]) return new PublishResult(0, 1);
            if (answer.Span is [No]) return DirectMessages.NotAllowed();
        }
        return DirectMessages.PeerGone();
    }

    /// <summary>Disconnects a peer elsewhere. False, where it was not found.</summary>
    public async ValueTask<bool> DisconnectAsync(string peerOrSession, CloseReason reason)
    {
        if (!AreReachable) return false;
        using var said = new TellingWriter();
        var question = said.Add(peerOrSession).Add((long)reason.Code).Add(reason.Text).Written;
        var answers = await cluster!.AskAsync((byte)TellingKind.Disconnect, question, static answer => answer.Length > 0);
        return answers.Answers.Any(static answer => answer.What.Span is [Done]);
    }

    /// <summary>A message of the program's to all peers elsewhere.</summary>
    public void TellAll(string eventName, in Payload payload)
    {
        if (cluster is null) return;
        using var said = new TellingWriter();
        cluster.Tell((byte)TellingKind.ToAll, said.Add(eventName).Add(payload).Written);
    }

    /// <summary>The same, and how many it was handed to there.</summary>
    public async ValueTask<int> SendToAllAsync(string eventName, Payload payload)
    {
        if (!AreReachable) return 0;
        using var said = new TellingWriter();
        var answers = await cluster!.AskAsync((byte)TellingKind.ToAll, said.Add(eventName).Add(payload).Written);
        return Sum(answers);
    }

    /// <summary>Takes all peers elsewhere out of a room, and answers how many.</summary>
    public async ValueTask<int> EmptyAsync(string roomName)
    {
        if (!AreReachable) return 0;
        using var said = new TellingWriter();
        return Sum(await cluster!.AskAsync((byte)TellingKind.Empty, said.Add(roomName).Written));
    }

    /// <summary>Has the others ask the rules of a room again.</summary>
    public void TellReview(string roomName)
    {
        if (cluster is null) return;
        using var said = new TellingWriter();
        cluster.Tell((byte)TellingKind.Review, said.Add(roomName).Written);
    }

    private void Handle(TellingKind kind, Func<ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>?>> handler) =>
        cluster!.Handle((byte)kind, (_, what) => handler(what));

    private async ValueTask<ReadOnlyMemory<byte>?> EndOlderAsync(ReadOnlyMemory<byte> what)
    {
        var (session, seat) = ReadSeat(what.Span);
        // First: who is on its way in here looks at it last.
        seats.Note(session, seat);
        if (peers.FindSession(session) is not { } known) return null;
        if (known.Seat > seat) return new byte[] { No };
        known.Disconnect(CloseReason.TakenOver);
        await known.Released;
        return new byte[] { Done };
    }

    private static (string Session, long Seat) ReadSeat(ReadOnlySpan<byte> what)
    {
        var reader = new TellingReader(what);
        return (reader.Text(), reader.Number());
    }

    private ReadOnlyMemory<byte>? Deliver(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (peers.Find(reader.Text()) is not { IsListed: true } peer) return null;
        var author = reader.Author();
        var rooms = reader.Texts();
        if (author is not null && !rooms.Exists(room => hub.FindRoom(room) is { } found && peer.IsIn(found))) return new byte[] { No };
        var message = new Message(null, null, reader.Text(), reader.Payload(), hub.Time.GetUtcNow()) { Author = author };
        using var batch = FlushBatch.Rent();
        return hub.SendDirect([peer], message, batch) == 1 ? new byte[] { Done } : null;
    }

    private ReadOnlyMemory<byte>? Disconnect(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (peers.Find(reader.Text()) is not { IsListed: true } peer) return null;
        var reason = new CloseReason((ushort)reader.Number(), reader.Text());
        if (!reason.IsSendable) return null;
        peer.Disconnect(reason);
        return new byte[] { Done };
    }

    private ReadOnlyMemory<byte>? SendToAll(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        using var said = new TellingWriter();
        return said.Add((long)hub.SendHere(reader.Text(), reader.Payload())).Written.ToArray();
    }

    private ReadOnlyMemory<byte>? Empty(ReadOnlyMemory<byte> what)
    {
        using var said = new TellingWriter();
        return said.Add((long)hub.EmptyHere(new TellingReader(what.Span).Text())).Written.ToArray();
    }

    private static int Sum(ClusterAnswers answers) => answers.Answers.Sum(
        static answer => answer.What.Length == sizeof(long) ? (int)new TellingReader(answer.What.Span).Number() : 0);

    private ReadOnlyMemory<byte>? Review(ReadOnlyMemory<byte> what)
    {
        var room = new TellingReader(what.Span).Text();
        if (RoomName.IsValid(room)) _ = hub.ReviewHereAsync(room, CancellationToken.None);
        return null;
    }
}
