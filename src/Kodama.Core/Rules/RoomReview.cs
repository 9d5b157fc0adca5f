namespace Kodama;

/// <summary>Asks the rules again for everyone in a room: who may not read any more leaves, the others have what they answer now.</summary>
internal sealed class RoomReview(RoomRegistry rooms, Grants grants)
{
    // A rule may ask a database, which is asked for so many peers of a room at once.
    private const int AtOnce = 16;

    public async Task RunAsync(string roomName, CancellationToken cancellationToken)
    {
        // Before the members are listed: who joins by an older answer is among them, or is asked for again.
        grants.Outdate();
        if (rooms.Find(roomName) is not { } room) return;
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(room.Granted(), atOnce, RunAsync);
    }

    private async ValueTask RunAsync(Membership member, CancellationToken cancellationToken)
    {
        var (peer, room) = (member.Peer, member.Room);
        RoomGrant grant;
        do
        {
            grant = await grants.AskAsync(peer, room.Name, member.Token, cancellationToken);
            // A rule that is cancelled grants nothing, and has not said so.
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!room.TrySetRights(member, grant));
        if (!grant.Has(RoomRights.Read))
        {
            if (peer.Leave(member)) peer.Link.Expelled(peer, room);
        }
        else if (!grant.Has(RoomRights.Presence))
        {
            room.Members.LeaveAll(peer);
        }
    }
}
