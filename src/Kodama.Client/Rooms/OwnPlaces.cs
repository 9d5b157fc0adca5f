namespace Kodama.Client.Rooms;

/// <summary>Where in a room stands what this client has published there, of that which may still be told. Used with the client's lock
/// held.</summary>
internal sealed class OwnPlaces
{
    // Who publishes so much more than it reads is told of some of its own again.
    private const int Most = 4096;

    private readonly Queue<long> offsets = [];
    private readonly HashSet<long> all = [];
    private string epoch = "";

    /// <param name="place">Of what was published.</param>
    /// <param name="known">Up to where nothing is told any more.</param>
    public void Add(RoomPosition place, RoomPosition known)
    {
        if (place.Epoch != epoch)
        {
            epoch = place.Epoch;
            offsets.Clear();
            all.Clear();
        }
        if (all.Add(place.Offset)) offsets.Enqueue(place.Offset);
        while (offsets.TryPeek(out var first) && (offsets.Count > Most || (known.Epoch == epoch && first <= known.Offset)))
            all.Remove(offsets.Dequeue());
    }

    public bool Contains(string inEpoch, long offset) => inEpoch == epoch && all.Contains(offset);
}
