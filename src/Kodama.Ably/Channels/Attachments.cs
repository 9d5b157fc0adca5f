namespace Kodama.Ably;

/// <summary>The channels of a connection: attaching, leaving, and what becomes of them by others' doing (RTL4, RTL5).</summary>
internal sealed class Attachments(AblyPeer client)
{
    private const int SyncPage = 100;
    private const int MostSyncs = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Attachment> byName = new(StringComparer.Ordinal);

    private AblyHub Door => client.Door;

    private Peer Peer => client.AsPeer!;

    /// <summary>Its place in a channel, null for none.</summary>
    public Attachment? Find(string name)
    {
        lock (gate) return byName.GetValueOrDefault(name);
    }

    /// <summary>Its place in a room.</summary>
    public Attachment? Of(Room room)
    {
        lock (gate) return byName.Values.FirstOrDefault(attached => attached.Room == room);
    }

    /// <summary>All of them, as they are now.</summary>
    public Attachment[] All
    {
        get
        {
            lock (gate) return [.. byName.Values];
        }
    }

    public async ValueTask AttachAsync(WireElement message)
    {
        if (message["channel"u8].Text is not { } name) return;
        var (request, error) = AttachRequest.Read(message, name, client.Access, Door.Time.GetUtcNow());
        if (request is null) Refuse(name, error!);
        else if (Find(name) is { } attached && TryChange(attached, request)) return;
        else if (IsFull) Refuse(name, new AblyError(90010, 400,
            $"A connection is attached to at most {Door.Options.MaxChannels} channels."));
        else if (request.Channel.StartsWith('[')) AttachOwn(request);
        else await JoinAsync(request);
    }

    public ValueTask Detach(WireElement message)
    {
        if (message["channel"u8].Text is not { } name) return default;
        if (Take(name) is { } attached) Leave(attached);
        client.Flush();
        using var frame = Protocol.Detached(client.Format, name);
        client.Enqueue(frame);
        client.SendNow();
        return default;
    }

    /// <summary>All members, anew.</summary>
    public ValueTask Sync(WireElement message)
    {
        if (message["channel"u8].Text is not { } name || Find(name) is not { Room: { } room, SeesMembers: true } attached) return default;
        if (Again(room, attached) is { } now) WriteSyncAnew(attached, room, now);
        client.SendNow();
        return default;
    }

    /// <summary>A review of the rules has taken the client out of a room.</summary>
    public void Expelled(Room room)
    {
        Attachment? expelled;
        lock (gate)
        {
            expelled = byName.Values.FirstOrDefault(attached => attached.Room == room);
            if (expelled is null || !byName.Remove(expelled.Channel)) return;
        }
        Tell(expelled.Channel, new AblyError(40160, 401, "The rules of the room do not let this client in any more."));
    }

    /// <summary>The client may do other things now: it leaves where it may do nothing any more.</summary>
    public void Review()
    {
        foreach (var attached in All)
        {
            var modes = attached.Request.Allowed(client.Access);
            if (modes == attached.Modes) continue;
            if (modes != Flags.None)
            {
                attached.Modes = modes;
                TellChanged(attached);
                if (attached.Members is { } members && !modes.HasFlag(Flags.Presence)) LeaveAll(attached, members);
            }
            else if (Take(attached.Channel) is not null)
            {
                Leave(attached);
                Tell(attached.Channel, AblyError.NotAllowed("to be attached", attached.Channel));
            }
        }
    }

    private bool IsFull
    {
        get
        {
            lock (gate) return byName.Count >= Door.Options.MaxChannels;
        }
    }

    private async ValueTask JoinAsync(AttachRequest request)
    {
        Joined joined;
        var isMember = new Attachment(request, null);
        var name = client.Access.App.RoomOf(request.Channel);
        try
        {
            joined = await client.JoinAsync(
                new JoinRequest
                {
                    Room = name,
                    Start = request.Start,
                    Messages = isMember.Hears,
                    Presence = isMember.SeesMembers,
                    Own = client.Echo,
                    Lists = true,
                    IsHeld = true,
                });
        }
        catch (OperationCanceledException) when (Peer.Disconnected.IsCancellationRequested)
        {
            return;
        }
        // By the program's own word it may be there already.
        var room = joined.Room ?? (joined.Result == JoinResult.AlreadyIn ? Door.Hub.FindRoom(name) : null);
        if (room is null || (joined.Result == JoinResult.AlreadyIn && (joined = Again(room, isMember)!) is null))
        {
            Refuse(request.Channel, joined);
            return;
        }
        Begin(new Attachment(request, room), room, joined);
    }

    private Joined? Again(Room room, Attachment wanted) => Hub.Change(Peer, room, wanted.Hears, wanted.SeesMembers);

    private void Begin(Attachment attached, Room room, Joined joined)
    {
        lock (gate) byName[attached.Channel] = attached;
        if (client.IsResumed)
        {
            room.Members.TakeOver(Peer);
            attached.Members = MembersOf(room);
            if (attached.Members is { } members && !attached.Modes.HasFlag(Flags.Presence)) LeaveAll(attached, members);
        }
        var isLost = attached.Request.HasSerial && joined.IsGap;
        var flags = joined.Keys is { Count: > 0 } ? Flags.HasPresence : Flags.None;
        if (attached.Request.HasSerial && !isLost) flags |= Flags.Resumed;
        if (attached.Hears && !attached.Request.HasSerial && joined.Position.Offset < joined.KeysAt) flags |= Flags.HasBacklog;
        var error = isLost
            ? new AblyError(90003, 404, "Messages behind the channelSerial are gone, or it is not of this hub: history may have what is "
                + "left.")
            : null;
        WriteAttached(attached, flags, SerialOf(room, joined.Position.Offset), error);
        if (joined.Keys is { Count: > 0 } keys) WriteSync(attached, room, keys, joined.KeysAt);
        TellOccupancy(attached);
        joined.Begin();
        client.SendNow();
        // It may have gone, or been taken out, before this was known.
        if (!Peer.IsIn(room) && Peer.IsConnected) Expelled(room);
    }

    // False, where the program has taken it out of the room: it attaches anew.
    private bool TryChange(Attachment attached, AttachRequest request)
    {
        (attached.Request, attached.Modes) = (request, request.Modes);
        var now = TellChanged(attached);
        if (now is null && attached.Room is not null)
        {
            Take(attached.Channel);
            return false;
        }
        if (now is not null) WriteSyncAnew(attached, attached.Room!, now);
        attached.Told = null;
        TellOccupancy(attached);
        client.SendNow();
        return true;
    }

    // Its serial stands between what the client has got, which may be less than there is, and what comes behind.
    private Joined? TellChanged(Attachment attached)
    {
        client.Flush();
        if (attached.Room is { } room) return Hub.Change(Peer, room, attached.Hears, attached.SeesMembers, Tell);
        EnqueueAttached(attached, Flags.Resumed, SerialOf(null, 0), error: null);
        return null;

        void Tell(Joined now) => EnqueueAttached(
            attached, Flags.Resumed | (now.Keys is { Count: > 0 } ? Flags.HasPresence : Flags.None),
            SerialOf(room, now.Position.Offset), error: null);
    }

    private void AttachOwn(AttachRequest request)
    {
        var attached = new Attachment(request, null);
        lock (gate) byName[attached.Channel] = attached;
        WriteAttached(attached, Flags.None, SerialOf(null, 0), error: null);
        TellOccupancy(attached);
        client.SendNow();
    }

    private void TellOccupancy(Attachment attached)
    {
        if (Occupancies.IsWanted(attached)) Door.Occupancies.Tell(client, attached);
    }

    private void Leave(Attachment attached)
    {
        if (attached.Room is not { } room) return;
        Hub.Leave(Peer, room);
    }

    private void LeaveAll(Attachment attached, HashSet<string> members)
    {
        foreach (var member in members) attached.Room!.Members.Leave(Peer, new MemberRole(member), client.Batch);
        members.Clear();
    }

    // As which clients the connection is present already; null for none.
    private HashSet<string>? MembersOf(Room room)
    {
        var author = Peer.Author.Id;
        var names = room.Members.List().Members.Where(member => member.Author.Id == author)
            .Select(member => MemberRole.NameIn(member.Id, author)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return names.Count > 0 ? names : null;
    }

    private Attachment? Take(string name)
    {
        lock (gate) return byName.Remove(name, out var attached) ? attached : null;
    }

    private void WriteAttached(Attachment attached, Flags flags, string serial, AblyError? error)
    {
        // What was answered before goes before.
        client.Flush();
        EnqueueAttached(attached, flags, serial, error);
    }

    private void EnqueueAttached(Attachment attached, Flags flags, string serial, AblyError? error)
    {
        using var frame = Protocol.Attached(
            client.Format, attached.Channel, serial, flags | attached.Modes, attached.Request.Parameters, error);
        client.Enqueue(frame);
    }

    // Who is live hears of changes meanwhile, which a list from before would undo: until there are none.
    private void WriteSyncAnew(Attachment attached, Room room, Joined now)
    {
        for (var tries = 0; now.Keys is { Count: > 0 } keys && tries < MostSyncs; tries++)
        {
            WriteSync(attached, room, keys, now.KeysAt);
            if (Again(room, attached) is not { } later || later.KeysAt == now.KeysAt) return;
            now = later;
        }
    }

    private void WriteSync(Attachment attached, Room room, IReadOnlyList<Entry> keys, long at)
    {
        for (var first = 0; first < keys.Count; first += SyncPage)
        {
            using var writer = WireWriter.Rent(client.Format);
            var isLast = first + SyncPage >= keys.Count;
            PresenceWriter.WriteSync(writer, attached.Channel, keys.Skip(first).Take(SyncPage), room.Epoch, $"s{at}", isLast);
            client.Enqueue(writer);
        }
    }

    private string SerialOf(Room? room, long offset) => Serial.Of(room?.Epoch ?? "0", offset, Door.Time.GetUtcNow());

    private void Tell(string name, AblyError error)
    {
        client.Answers.Send();
        using var frame = Protocol.Error(client.Format, error, name);
        client.Enqueue(frame);
        client.SendNow();
    }

    private void Refuse(string name, AblyError error)
    {
        using var frame = Protocol.Error(client.Format, error, name);
        client.Answer(frame);
    }

    private void Refuse(string name, Joined? joined)
    {
        var error = joined?.Result switch
        {
            JoinResult.Gone => null,
            JoinResult.Refused => new AblyError(40160, 401, joined.Reason ?? "The rules of the room do not let this client in."),
            JoinResult.PeerFull => new AblyError(90010, 400, "This client is in as many rooms as it may."),
            JoinResult.HubFull => new AblyError(50003, 503, "The hub has as many rooms as it may: try again later."),
            _ => AblyError.Later,
        };
        if (error is null) return;
        if (error.Status != 503)
        {
            Refuse(name, error);
            return;
        }
        // Behind this the client tries again by itself.
        using var frame = Protocol.Detached(client.Format, name, error);
        client.Answer(frame);
    }
}
