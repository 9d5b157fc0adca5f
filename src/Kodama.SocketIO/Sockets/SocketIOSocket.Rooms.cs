namespace Kodama.SocketIO;

public sealed partial class SocketIOSocket
{
    // As the client and the program name them, in the order of joining.
    private readonly List<string> rooms = [];

    // What the rules of the hub's rooms have answered, until it joins: of its namespace, and of those that its client has come back to.
    private RoomGrant entrance;
    private Dictionary<string, RoomGrant>? returning;

    // Whether the rules let it read what was said while it was away.
    private bool mayRecover = true;

    // Without code: the room that the client speaks in.
    private Room? speaking;

    /// <summary>The rooms that it is in, its own of its id among them.</summary>
    public IReadOnlyCollection<string> Rooms => [Id, .. Joined];

    /// <summary>Whether it has come back and may not have what it has missed: it is to begin anew. Known once it is let in.</summary>
    internal bool MustBeginAnew => Recovered && !mayRecover;

    internal IReadOnlyList<string> Joined
    {
        get
        {
            lock (gate) return [.. rooms];
        }
    }

    /// <summary>Takes it into rooms; it gets what is sent there from now on. In middleware: as soon as it is connected.</summary>
    /// <exception cref="ArgumentException">No room can have the name: <see cref="RoomName.Rule"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is in as many rooms as <see cref="HubOptions.MaxRoomsPerPeer"/> allows, the hub has as many as it may, or what is kept of a room
    /// cannot be opened now.
    /// </exception>
    public Task JoinAsync(params ReadOnlySpan<string> rooms)
    {
        Join(rooms);
        return Task.CompletedTask;
    }

    /// <summary>Takes it out of rooms.</summary>
    public Task LeaveAsync(params ReadOnlySpan<string> rooms)
    {
        Leave(rooms);
        return Task.CompletedTask;
    }

    internal void Join(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var hubRoom = Namespace.HubRooms.Of(name);
            RoomName.ThrowIfInvalid(hubRoom, nameof(names));
            var why = TryJoin(name, hubRoom, grant: null) switch
            {
                JoinResult.PeerFull => $"it is in {Namespace.Hub.Options.MaxRoomsPerPeer} rooms, as many as MaxRoomsPerPeer allows.",
                JoinResult.HubFull => "the hub has as many rooms as Log.MaxRooms allows.",
                JoinResult.Unavailable => "what is kept of the room cannot be read now.",
                _ => null,
            };
            if (why is not null) throw new InvalidOperationException($"Socket {Id} cannot join \"{name}\": {why}");
        }
    }

    internal void Leave(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            lock (gate)
            {
                if (!rooms.Remove(name) || state != IsConnected) continue;
                Leave_NeedsLock(Namespace.HubRooms.Of(name));
            }
        }
    }

    /// <summary>Asks the rules of the hub's rooms that its client comes to; null, if it may be in its namespace, else why not.</summary>
    /// <remarks>Rooms that the program's code had taken it to are the program's business.</remarks>
    private async ValueTask<SocketIOException?> AskForRoomsAsync(CancellationToken cancellationToken)
    {
        var names = Namespace.HubRooms;
        entrance = await Namespace.Hub.AskAsync(Peer!, names.Default, null, cancellationToken).ConfigureAwait(false);
        if (!IsReader(entrance)) return new SocketIOException($"The rules of room {names.Default} do not let this client in.");
        mayRecover = ReadsHistory(entrance);
        if (hasCode) return null;
        foreach (var room in Joined)
        {
            var grant = await Namespace.Hub.AskAsync(Peer!, names.Of(room), null, cancellationToken).ConfigureAwait(false);
            mayRecover &= !IsReader(grant) || ReadsHistory(grant);
            if (IsReader(grant))
            {
                (returning ??= new(StringComparer.Ordinal))[room] = grant;
            }
            else
            {
                Leave(room);
                if (Track is not null) Namespace.Recovery!.Bar(Track, names.Of(room));
            }
        }
        return null;
    }

    private static bool IsReader(RoomGrant grant) => (grant.Rights & RoomRights.Read) != 0;

    private static bool ReadsHistory(RoomGrant grant) => (grant.Rights & RoomRights.History) != 0;

    /// <summary>Null, when a review has begun since the rules were asked.</summary>
    private JoinResult? TryJoin(string name, string hubRoom, RoomGrant? grant)
    {
        lock (gate)
        {
            if (state == Over) return JoinResult.Gone;
            if (name == Id || rooms.Contains(name)) return JoinResult.AlreadyIn;
            if (state == Connecting && rooms.Count >= Namespace.Hub.Options.MaxRoomsPerPeer - 1) return JoinResult.PeerFull;
            var result = JoinResult.Joined;
            if (state != Connecting)
            {
                var joined = Namespace.Hub.Join(Peer!, new JoinRequest { Room = hubRoom }, grant);
                if (joined.IsOutdated) return null;
                result = joined.Result;
            }
            if (result is JoinResult.Joined or JoinResult.AlreadyIn) rooms.Add(name);
            return result;
        }
    }

    /// <summary>
    /// False, when it is not in all of them, and to come back: a review has begun since the rules were asked, or one is not to be had now.
    /// </summary>
    private bool TryJoinRooms_NeedsLock()
    {
        var names = Namespace.HubRooms;
        var isIn = IsIn(names.Default, entrance);
        foreach (var room in rooms)
        {
            RoomGrant? grant = returning is not null && returning.TryGetValue(room, out var granted) ? granted : null;
            isIn &= IsIn(names.Of(room), grant);
        }
        returning = null;
        SpeakInLast_NeedsLock();
        return isIn;

        bool IsIn(string room, RoomGrant? grant) =>
            Namespace.Hub.Join(Peer!, new JoinRequest { Room = room }, grant).Result is JoinResult.Joined or JoinResult.AlreadyIn;
    }

    /// <summary>The hub has taken it out of a room.</summary>
    private void Forget(Room room)
    {
        lock (gate)
        {
            rooms.RemoveAll(name => Namespace.HubRooms.Of(name) == room.Name);
            SpeakInLast_NeedsLock();
        }
    }

    private void SpeakInLast_NeedsLock() =>
        speaking = RoomIn(rooms.Count > 0 ? Namespace.HubRooms.Of(rooms[^1]) : Namespace.HubRooms.Default);

    private void Leave_NeedsLock(string hubRoom)
    {
        // Every socket is in the namespace's own room.
        if (hubRoom != Namespace.HubRooms.Default && RoomIn(hubRoom) is { } room) Hub.Leave(Peer!, room);
    }

    private Room? RoomIn(string hubRoom) => Peer!.Rooms.FirstOrDefault(room => room.Name == hubRoom);
}
