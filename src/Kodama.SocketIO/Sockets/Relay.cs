using System.Text;

namespace Kodama.SocketIO;

/// <summary>Where a namespace relays: what a client says goes to the others in the room that it joined last. Allocates nothing.</summary>
internal static class Relay
{
    // What an event counts at least against what a batch may keep waiting, in bytes: outboxes bound frames too, and many are small.
    private const int LeastCost = 32;

    private static readonly Payload Acknowledged = ArgumentJson.None;

    public static ValueTask TakeAsync(SocketPeer socket, in Packet packet, FlushBatch batch)
    {
        var name = packet.GetEventName();
        if (name is "join" or "leave" && packet.SoleText() is { } text)
        {
            var room = Encoding.UTF8.GetString(text.Span);
            var moving = name == "join" ? TryJoinAsync(socket, room, batch) : new(TryLeave(socket, room));
            if (!moving.IsCompletedSuccessfully) return FinishAsync(socket, moving, packet.AckId, batch);
            if (moving.Result) Acknowledge(socket, packet.AckId, batch);
            return default;
        }
        if (socket.Peer!.Memberships is not [.., var place]) return default;
        var publishing = socket.Space.Hub.PublishAsync(socket.Peer, place.Room, packet.ToPayload(), name, batch);
        if (!publishing.IsCompletedSuccessfully) return FinishAsync(socket, publishing, packet.AckId, batch);
        batch.Count(LeastCost);
        if (packet.AckId is not null && publishing.Result.Refusal is null) Acknowledge(socket, packet.AckId, batch);
        return default;
    }

    private static async ValueTask FinishAsync(SocketPeer socket, ValueTask<PublishResult> publishing, long? ackId, FlushBatch batch)
    {
        var published = await publishing.ConfigureAwait(false);
        if (published.Refusal is null) Acknowledge(socket, ackId, batch);
    }

    private static async ValueTask FinishAsync(SocketPeer socket, ValueTask<bool> moving, long? ackId, FlushBatch batch)
    {
        if (await moving.ConfigureAwait(false)) Acknowledge(socket, ackId, batch);
    }

    private static void Acknowledge(SocketPeer socket, long? ackId, FlushBatch batch)
    {
        if (ackId is { } id) socket.SendAck(id, Acknowledged, batch);
    }

    private static async ValueTask<bool> TryJoinAsync(SocketPeer socket, string name, FlushBatch batch)
    {
        var hubRoom = socket.Space.HubRooms.Of(name);
        if (!RoomName.IsValid(hubRoom)) return false;
        JoinResult? result = null;
        while (result is null)
        {
            var asking = socket.Space.Hub.AskAsync(socket.Peer!, hubRoom, null, socket.Peer!.Disconnected);
            if (!asking.IsCompleted) batch.Flush();
            var grant = await asking.ConfigureAwait(false);
            if (!SocketPeer.IsReader(grant)) return false;
            result = socket.TryJoin(name, hubRoom, grant);
        }
        // Where it was already, it speaks from now on.
        if (result == JoinResult.AlreadyIn && socket.RoomIn(hubRoom) is { } room) socket.Peer!.Move(room, toEnd: true);
        return result is JoinResult.Joined or JoinResult.AlreadyIn;
    }

    private static bool TryLeave(SocketPeer socket, string name)
    {
        if (socket.TryLeave(name)) return true;
        // The namespace's own it cannot leave: it speaks there when it is in no other.
        var own = socket.Space.HubRooms.Default;
        return socket.Space.HubRooms.Of(name) == own && socket.RoomIn(own) is { } room && socket.Peer!.Move(room, toEnd: false);
    }
}
