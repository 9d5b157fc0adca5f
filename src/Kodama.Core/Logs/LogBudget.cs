namespace Kodama;

/// <summary>What the rooms of a hub take in memory together: themselves, their keys, and their messages with the ids.</summary>
/// <remarks>
/// Rooms and keys are refused beyond a share of their own, as nothing can be taken from them. Messages and ids have what these leave, an
/// eighth at least, and beyond it they give. So the whole is bounded, and nobody who fills one part of it takes another's.
/// </remarks>
internal sealed class LogBudget(long most)
{
    // A hub that keeps next to nothing has some rooms all the same.
    private const long LeastForRooms = 256 * 1024;

    private long messages;
    private long keys;
    private long rooms;
    private int roomsWithState;

    /// <summary>All that is taken.</summary>
    public long Taken => Interlocked.Read(ref messages) + Interlocked.Read(ref keys) + Interlocked.Read(ref rooms);

    /// <summary>What messages and ids may take now.</summary>
    public long MostOfMessages => Math.Max(most / 8, most - Interlocked.Read(ref keys) - Interlocked.Read(ref rooms));

    /// <summary>By how much messages and ids are more than this.</summary>
    public long Excess(long mostOfMessages) => Interlocked.Read(ref messages) - mostOfMessages;

    /// <summary>Whether messages and ids have to give.</summary>
    public bool IsOver => Excess(MostOfMessages) > 0;

    /// <summary>Whether there is place for another room.</summary>
    public bool HasPlaceForRoom => Interlocked.Read(ref rooms) < Math.Max(most / 8 * 5, LeastForRooms);

    /// <summary>Rooms that have state, and so do not end.</summary>
    public int RoomsWithState => Volatile.Read(ref roomsWithState);

    /// <summary>Whether keys may take so much more.</summary>
    public bool HasPlaceForKeys(long more) => Interlocked.Read(ref keys) + more <= most / 4;

    /// <summary>Whether there is place to remember what is gone: while half of the keys' share is free.</summary>
    public bool HasPlaceForRemovals => Interlocked.Read(ref keys) <= most / 8;

    public void Add(long bytes) => Interlocked.Add(ref messages, bytes);

    public void AddKeys(long bytes) => Interlocked.Add(ref keys, bytes);

    public void AddRoom(long bytes) => Interlocked.Add(ref rooms, bytes);

    public void AddRoomsWithState(int count) => Interlocked.Add(ref roomsWithState, count);
}
