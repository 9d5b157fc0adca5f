using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>How peers come into rooms, by an answer of the rules or by the program's own word, and how the program listens there.</summary>
internal sealed class RoomEntrance(Hub hub, RoomRegistry rooms, Grants grants)
{
    /// <summary>A join as the rules of the room say.</summary>
    public async ValueTask<Joined> JoinAsync(Peer peer, JoinRequest request, CancellationToken cancellationToken)
    {
        // It would be kept as long as the peer is there, for nobody.
        if (request.Token is not null && !hub.HasRoomRules) request = request.WithoutToken();
        while (true)
        {
            var grant = await grants.AskAsync(peer, request.Room, request.Token, cancellationToken);
            if (!grant.Has(RoomRights.Read))
            {
                return peer.IsConnected
                    ? Joined.Refused(JoinResult.Refused) with { Reason = grant.Reason }
                    : Joined.Refused(JoinResult.Gone);
            }
            // Who may not read what was before begins live.
            var start = grant.Has(RoomRights.History) ? request.Start : Start.Live;
            if (rooms.Find(request.Room) is { } known && !await known.CatchUpAsync(start, cancellationToken))
                return Joined.Refused(JoinResult.Unavailable);
            var joined = Join(peer, request, grant);
            if (!joined.IsOutdated) return joined;
        }
    }

    /// <summary>What the rules say of a peer that is to join live, when the room is as far here as any other hub may have told the
    /// peer.</summary>
    public async ValueTask<RoomGrant> AskAsync(Peer peer, string roomName, CancellationToken cancellationToken)
    {
        var grant = await grants.AskAsync(peer, roomName, token: null, cancellationToken);
        if (grant.Has(RoomRights.Read) && rooms.Find(roomName) is { } known) await known.CatchUpAsync(Start.Live, cancellationToken);
        return grant;
    }

    /// <summary>A join by an answer of the rules, which may be outdated by now; or without one, by the program's own word.</summary>
    public Joined Join(Peer peer, JoinRequest request, RoomGrant? grant)
    {
        RoomName.ThrowIfInvalid(request.Room);
        if (hub.IsStopping) return Joined.Refused(JoinResult.Gone);
        while (true)
        {
            if (rooms.TryOpen(request.Room, out var room) is var failure && room is null)
                return Joined.Refused(failure == RefusalCode.Unavailable ? JoinResult.Unavailable : JoinResult.HubFull);
            var joined = TryFindStart(room, request.Start, out var start)
                ? peer.Join(room, request, grant, hub.Options.MaxRoomsPerPeer, start)
                : Joined.Refused(JoinResult.Unavailable);
            // It vanished at this moment: whoever emptied it is about to take it out.
            if (joined is null)
            {
                rooms.Forget(room);
                continue;
            }
            if (joined.Membership is { } membership)
            {
                if (membership.IsCatchingUp) peer.CatchUp();
            }
            else
            {
                room.Life.Sweep(hub.Time.GetTimestamp());
            }
            return joined;
        }
    }

    /// <summary>The program listens; the room appears if it did not exist.</summary>
    public async IAsyncEnumerable<EntryPage> ListenAsync(
        string roomName, Start start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RoomName.ThrowIfInvalid(roomName);
        while (true)
        {
            var room = rooms.Open(roomName) ?? throw new InvalidOperationException(rooms.TooMany);
            // It may vanish at this moment.
            await foreach (var page in room.ListenAsync(start, cancellationToken)) yield return page;
            cancellationToken.ThrowIfCancellationRequested();
            rooms.Forget(room);
        }
    }

    private bool TryFindStart(Room room, Start start, out long? offset)
    {
        offset = null;
        try
        {
            offset = room.History.FindStart(start);
            return true;
        }
        catch (EngineException exception)
        {
            if (!hub.IsEngineAway) RoomsLog.RoomUnavailable(hub.Logger, room.Name, exception);
            return false;
        }
    }
}
