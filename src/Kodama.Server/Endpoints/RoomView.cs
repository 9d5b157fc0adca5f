namespace Kodama.Server;

/// <summary>Which rooms a reader over HTTP is told of: those that it could join now, and all, where it is whoever runs the hub (null).
/// Used by one thread at a time.</summary>
/// <remarks>
/// Rules that answer at once are asked each time; the answer of one that takes its time is kept for as long as its reader looks, and asked
/// anew after a review.
/// </remarks>
internal sealed class RoomView(Hub hub, Peer? client)
{
    // Of a stream that is open for days, in a hub whose rooms come and go.
    private const int MostKept = 16 * 1024;

    private readonly Dictionary<string, bool> kept = new(StringComparer.Ordinal);
    private long reviews;

    /// <summary>Whether it is whoever runs the hub.</summary>
    public bool IsOfAdmin => client is null;

    /// <summary>Whether the reader may be told of the room.</summary>
    public ValueTask<bool> ShowsAsync(string room, CancellationToken cancellationToken)
    {
        if (IsOfAdmin || !hub.HasRoomRules) return new(true);
        if (reviews != hub.Reviews) kept.Clear();
        reviews = hub.Reviews;
        if (kept.TryGetValue(room, out var known)) return new(known);
        var asking = hub.GrantAsync(client!, room, token: null, cancellationToken);
        return asking.IsCompletedSuccessfully ? new(MayRead(asking.Result)) : KeepAsync(asking, room, reviews);
    }

    /// <summary>Those rooms that the reader may be told of.</summary>
    public async ValueTask<List<T>> OfAsync<T>(IEnumerable<T> rooms, Func<T, string> name, CancellationToken cancellationToken)
    {
        var shown = new List<T>();
        foreach (var room in rooms)
        {
            if (await ShowsAsync(name(room), cancellationToken)) shown.Add(room);
        }
        return shown;
    }

    /// <summary>Whether the reader may be told of a peer: one that is in a room of which it may, where rooms have rules.</summary>
    public bool Shows(PeerAnswer peer) => IsOfAdmin || !hub.HasRoomRules || peer.Rooms.Any();

    /// <summary>A peer, with those of its rooms that the reader may be told of. Its address is for whoever runs the hub.</summary>
    public async ValueTask<PeerAnswer> OfAsync(Peer peer, CancellationToken cancellationToken)
    {
        var rooms = await OfAsync(peer.Rooms.Select(static room => room.Name), static name => name, cancellationToken);
        return PeerAnswer.Of(peer, rooms, IsOfAdmin ? peer.RemoteAddress : null);
    }

    /// <summary>The same of a peer of another hub.</summary>
    public async ValueTask<PeerAnswer> OfAsync(PeerAnswer peer, CancellationToken cancellationToken) => peer with
    {
        Rooms = await OfAsync(peer.Rooms, static name => name, cancellationToken),
        Address = IsOfAdmin ? peer.Address : null,
    };

    private static bool MayRead(RoomRights rights) => (rights & RoomRights.Read) != 0;

    private async ValueTask<bool> KeepAsync(ValueTask<RoomRights> asking, string room, long before)
    {
        var shows = MayRead(await asking);
        if (reviews == before && kept.Count < MostKept) kept[room] = shows;
        return shows;
    }
}
