using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>/api/rooms</c>, <c>/api/peers</c>, and who is present in a room.</summary>
internal sealed class RoomEndpoints(Hub hub, RoomAccess access, OutgoingAnswers answers, HubNeighbours neighbours, ClusterLists lists)
{
    public async Task RoomsAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.ViewAsync(context, authenticated) is not { } view) return;
        var (others, missing) = await lists.RoomsAsync();
        var rooms = await view.OfAsync(
            hub.Rooms.Select(RoomAnswer.Of).Concat(others).GroupBy(static room => room.Name, StringComparer.Ordinal).Select(Merge),
            static room => room.Name, context.RequestAborted);
        var answer = new RoomsAnswer(rooms, missing);
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.RoomsAnswer, cancellationToken: context.RequestAborted);
    }

    public async Task PeersAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var room = RequestedRoom.OfQuery(context.Request);
        if (room is not null && RequestedRoom.IsInvalid(room, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (await access.ViewAsync(context, authenticated) is not { } view) return;
        var (others, missing) = await lists.PeersAsync();
        // A room that is closed is like one that does not exist.
        var isClosed = room is not null && !await view.ShowsAsync(room, context.RequestAborted);
        var peers = room is null ? hub.Peers : isClosed ? [] : hub.FindRoom(room)?.Peers ?? [];
        var answers = new List<PeerAnswer>();
        foreach (var peer in peers.Where(static peer => peer.IsListed))
        {
            var told = await view.OfAsync(peer, context.RequestAborted);
            if (view.Shows(told)) answers.Add(told with { Hub = lists.Own });
        }
        foreach (var peer in others.Where(peer => room is null || (!isClosed && peer.Rooms.Contains(room))))
        {
            var told = await view.OfAsync(peer, context.RequestAborted);
            if (view.Shows(told)) answers.Add(told);
        }
        var answer = new PeersAnswer(answers, missing);
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.PeersAnswer, cancellationToken: context.RequestAborted);
    }

    /// <summary>The hubs of the cluster, with what each has to do; 404 for one hub alone.</summary>
    public async Task ClusterAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.ViewAsync(context, authenticated) is null) return;
        if (neighbours.Cluster is not { } cluster)
        {
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NO_CLUSTER", "This hub is alone.");
            return;
        }
        var answer = new ClusterLoadAnswer(cluster.Id, hub.Id, neighbours.Members.Select(ClusterHubLoad.Of));
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.ClusterLoadAnswer, cancellationToken: context.RequestAborted);
    }

    // One that two hubs have is one room: which has heard more of it is the nearer to what there is.
    private static RoomAnswer Merge(IEnumerable<RoomAnswer> rooms)
    {
        var all = rooms.ToList();
        return all.MaxBy(static room => room.Offset)! with { Peers = all.Sum(static room => room.Peers) };
    }

    public async Task PresenceAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.EnterAsync(context, authenticated, RoomRights.Read) is not { } visit) return;
        if (await access.OpenAsync(context, visit) is not (true, var room)) return;
        var list = room?.Members.List();
        using var held = await answers.TryHoldAsync(context, list?.Members.Sum(SizeOf) ?? 0);
        if (held is null) return;
        await JsonList.WriteAsync(
            context,
            json =>
            {
                json.WriteString("room"u8, visit.Room);
                if (list is not null) json.WriteString("position"u8, list.Position.ToString());
            },
            "members",
            list?.Members ?? [],
            static (json, member) =>
            {
                json.WriteStartObject();
                EntryJson.WriteMember(json, member.Id, member.Author, member.Data, member.Time);
                json.WriteEndObject();
            });
    }

    private static long SizeOf(Member member) =>
        member.Data.Bytes.Length + member.Id.Length
        + member.Author.Details.Sum(static pair => (long)pair.Key.Length + pair.Value.Length);
}
