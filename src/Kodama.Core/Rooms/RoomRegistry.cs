using System.Collections.Concurrent;

namespace Kodama;

/// <summary>The rooms of a hub by name, how many there are, and what they take. Thread-safe.</summary>
internal sealed class RoomRegistry(Hub hub)
{
    // Of rooms that have none of their own.
    private static readonly RoomOptions LikeTheHub = new();

    private readonly ConcurrentDictionary<string, Room> rooms = new(StringComparer.Ordinal);
    private readonly Lock retiring = new();
    private int count;
    private long vanished;

    /// <summary>In which format a room of this name is written too, whoever is there; set before there are rooms.</summary>
    public Func<string, IMessageEncoder?>? FormatOf { get; set; }

    public int Count => Volatile.Read(ref count);

    public bool IsEmpty => rooms.IsEmpty;

    /// <summary>Whether there may be another room.</summary>
    public bool HasPlace => Count < hub.Options.Log.MaxRooms && hub.LogBudget.HasPlaceForRoom;

    /// <summary>Those that have begun.</summary>
    public IReadOnlyCollection<Room> Opened => [.. rooms.Values.Where(static room => room.IsOpen)];

    /// <summary>All, without a copy and without a lock: those that come and go meanwhile may be missed.</summary>
    public IEnumerable<Room> InPassing => rooms.Select(static pair => pair.Value);

    /// <summary>Why there is no other room.</summary>
    public string TooMany => $"The hub has {Count} rooms, as many as it may (Log.MaxRooms, Log.MaxTotalBytes).";

    /// <summary>The rooms after so many had vanished.</summary>
    public (ICollection<Room> Rooms, long Vanished) AtOnce()
    {
        lock (retiring) return (rooms.Values, vanished);
    }

    public RoomOptions OptionsOf(string name) => hub.Options.Rooms.TryGetValue(name, out var options) ? options : LikeTheHub;

    /// <summary>The room of this name, or null while there is none.</summary>
    public Room? Find(string name) => rooms.GetValueOrDefault(name) is { IsOpen: true } room ? room : null;

    /// <summary>The room of this name, which appears if it did not exist; null, when there are too many.</summary>
    /// <exception cref="EngineException">What is kept of it cannot be opened.</exception>
    public Room? Open(string name)
    {
        while (true)
        {
            if (!rooms.TryGetValue(name, out var room))
            {
                if (!HasPlace && !hub.Keeper.MakeRoom()) return null;
                var created = new Room(hub, name, OptionsOf(name), FormatOf?.Invoke(name));
                room = rooms.GetOrAdd(name, created);
                if (room == created) Charge(room, 1);
                hub.Keeper.Wake();
            }
            room.Life.Open();
            if (room.IsOpen) return room;
            // Whoever was to open it could not, and has taken it out.
        }
    }

    /// <summary>The room of this name, or why there is none; logged, where what is kept of it cannot be opened.</summary>
    public RefusalCode TryOpen(string name, out Room? room)
    {
        room = null;
        try
        {
            room = Open(name);
            return room is null ? RefusalCode.TooManyRooms : RefusalCode.None;
        }
        catch (EngineException exception)
        {
            // Of what is known to be wrong with the engine, it has told itself.
            if (!hub.IsEngineAway) RoomsLog.RoomUnavailable(hub.Logger, name, exception);
            return RefusalCode.Unavailable;
        }
    }

    /// <summary>Takes out a room that has ended, whoever comes first.</summary>
    public void Forget(Room room)
    {
        lock (retiring)
        {
            if (!rooms.TryRemove(new(room.Name, room))) return;
            Charge(room, -1);
            room.Vanished = ++vanished;
        }
    }

    private void Charge(Room room, int change)
    {
        Interlocked.Add(ref count, change);
        hub.LogBudget.AddRoom(change * Room.CostOf(room.Name));
    }
}
