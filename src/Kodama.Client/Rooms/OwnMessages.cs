namespace Kodama.Client.Rooms;

/// <summary>What this client has published in a room, by its ids, of that which may still be told. Used with the client's lock
/// held.</summary>
internal sealed class OwnMessages
{
    // Who publishes so much more than it reads is told of some of its own again.
    private const int Most = 4096;

    private readonly Queue<(string Id, RoomPosition Place)> inOrder = [];
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);

    /// <param name="id">Of what was published.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="known">Up to where nothing is told any more.</param>
    public void Add(string id, RoomPosition place, RoomPosition known)
    {
        if (ids.Add(id)) inOrder.Enqueue((id, place));
        // What epochs have in common stands at the same places in both.
        bool IsTold(RoomPosition one) => one.Offset <= known.Offset && (known.Epoch == one.Epoch || known.Epoch == place.Epoch);
        while (inOrder.TryPeek(out var first) && (inOrder.Count > Most || IsTold(first.Place))) ids.Remove(inOrder.Dequeue().Id);
    }

    public bool Contains(string? id) => id is not null && ids.Contains(id);
}
