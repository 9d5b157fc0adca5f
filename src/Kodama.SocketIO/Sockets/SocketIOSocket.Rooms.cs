namespace Kodama.SocketIO;

public sealed partial class SocketIOSocket
{
    // As the client and the program name them, in the order of joining.
    private readonly List<string> rooms = [];

    // Without code: the room that the client speaks in.
    private Room? speaking;

    /// <summary>The rooms that it is in, its own of its id among them.</summary>
    public IReadOnlyCollection<string> Rooms => [Id, .. Joined];

    internal IReadOnlyList<string> Joined
    {
        get
        {
            lock (gate) return [.. rooms];
        }
    }

    /// <summary>Takes it into rooms; it gets what is sent there from now on. In middleware: as soon as it is connected.</summary>
    /// <exception cref="ArgumentException">No room can have the name: <see cref="RoomName.Rule"/>.</exception>
    /// <exception cref="InvalidOperationException">It is in as many rooms as <see cref="HubOptions.MaxRoomsPerPeer"/> allows.</exception>
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
            if (TryJoin(name, hubRoom) == JoinResult.TooManyRooms)
                throw new InvalidOperationException($"Socket {Id} cannot join \"{name}\": it is in {Namespace.Hub.Options.MaxRoomsPerPeer} rooms, as many as MaxRoomsPerPeer allows.");
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

    private JoinResult TryJoin(string name, string hubRoom)
    {
        lock (gate)
        {
            if (state == Over) return JoinResult.Gone;
            if (name == Id || rooms.Contains(name)) return JoinResult.AlreadyIn;
            if (state == Connecting && rooms.Count >= Namespace.Hub.Options.MaxRoomsPerPeer - 1) return JoinResult.TooManyRooms;
            var result = state == Connecting ? JoinResult.Joined : Namespace.Hub.Join(Peer!, hubRoom);
            if (result is JoinResult.Joined or JoinResult.AlreadyIn) rooms.Add(name);
            return result;
        }
    }

    private void JoinRooms_NeedsLock()
    {
        var names = Namespace.HubRooms;
        Namespace.Hub.Join(Peer!, names.Default);
        foreach (var room in rooms) Namespace.Hub.Join(Peer!, names.Of(room));
        speaking = RoomIn(rooms.Count > 0 ? names.Of(rooms[^1]) : names.Default);
    }

    private void Leave_NeedsLock(string hubRoom)
    {
        // Every socket is in the namespace's own room.
        if (hubRoom != Namespace.HubRooms.Default && RoomIn(hubRoom) is { } room) Hub.Leave(Peer!, room);
    }

    private Room? RoomIn(string hubRoom) => Peer!.Rooms.FirstOrDefault(room => room.Name == hubRoom);
}
