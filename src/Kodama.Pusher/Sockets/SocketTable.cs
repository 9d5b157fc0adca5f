namespace Kodama.Pusher;

/// <summary>The connections by their places, which are given again when they are free. Thread-safe.</summary>
internal sealed class SocketTable
{
    private readonly Lock gate = new();
    private readonly Stack<uint> free = [];
    private PusherPeer?[] sockets = new PusherPeer?[16];
    private uint used;

    /// <summary>Takes a place for a connection.</summary>
    public SocketId Add(PusherPeer socket)
    {
        lock (gate)
        {
            var place = free.Count > 0 ? free.Pop() : used++;
            if (place == sockets.Length) Array.Resize(ref sockets, 2 * sockets.Length);
            sockets[place] = socket;
            return SocketId.New(place);
        }
    }

    public void Remove(SocketId id)
    {
        lock (gate)
        {
            sockets[id.Place] = null;
            free.Push(id.Place);
        }
    }

    /// <summary>The connection with this id, or null.</summary>
    public PusherPeer? Find(SocketId id)
    {
        lock (gate) return id.Place < sockets.Length && sockets[id.Place] is { } socket && socket.Id == id ? socket : null;
    }
}
