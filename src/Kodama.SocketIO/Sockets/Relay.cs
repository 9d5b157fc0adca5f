using System.Text;

namespace Kodama.SocketIO;

/// <summary>Where a namespace relays: what a client says goes to the others in the room that it joined last. Allocates nothing.</summary>
internal static class Relay
{
    // What an event counts at least against what a batch may keep waiting, in bytes: outboxes bound frames too, and many are small.
    private const int LeastCost = 32;

    public static async ValueTask TakeAsync(SocketPeer socket, Packet packet, FlushBatch batch)
    {
        var name = packet.GetEventName();
        bool isDone;
        if (name is "join" or "leave" && packet.SoleText() is { } text)
        {
            var room = Encoding.UTF8.GetString(text.Span);
            isDone = name == "join" ? await TryJoinAsync(socket, room, batch).ConfigureAwait(false) : TryLeave(socket, room);
        }
        else
        {
            if (socket.Peer!.Memberships is not [.., var place]) return;
            var publishing = socket.Space.Hub.PublishAsync(socket.Peer, place.Room, packet.ToPayload(), name, batch);
            isDone = (await publishing.ConfigureAwait(false)).Refusal is null;
            batch.Count(LeastCost);
        }
        if (isDone && packet.AckId is { } id) socket.SendAck(id, ArgumentJson.None, batch);
    }

    private static async ValueTask<bool> TryJoinAsync(SocketPeer socket, string name, FlushBatch batch)
    {
        var hubRoom = socket.Space.HubRooms.Of(name);
        if (!RoomName.IsValid(hubRoom)) return false;
        JoinResult? result = null;
        while (result is null)
        {
            var asking = socket.Space.Hub.AskAsync(socket.Peer!, hubRoom, socket.Peer!.Disconnected);
            if (!asking.IsCompleted) batch.Flush();
            var grant = await asking.ConfigureAwait(false);
            if (!grant.Has(RoomRights.Read)) return false;
            result = socket.TryJoin(name, hubRoom, grant);
        }
        // Nothing could tell it to ask later: it comes back as another, and asks again.
        if (result == JoinResult.Unavailable && socket.Space.Hub.IsEngineAway)
            socket.Connection.End(DisconnectReason.ServerNamespaceDisconnect);
        // Where it was already, it speaks from now on.
        if (result == JoinResult.AlreadyIn && socket.RoomIn(hubRoom) is { } room) socket.Peer!.Move(room, toEnd: true);
        return result is JoinResult.Joined or JoinResult.AlreadyIn;
    }

    private static bool TryLeave(SocketPeer socket, string name)
    {
        if (socket.TryLeave(name)) return true;
        // The namespace's own it cannot leave: from now on it speaks there when it is in no other.
        var own = socket.Space.HubRooms.Default;
        if (socket.Space.HubRooms.Of(name) != own || socket.RoomIn(own) is not { } room) return false;
        socket.Peer!.Move(room, toEnd: false);
        return true;
    }
}
