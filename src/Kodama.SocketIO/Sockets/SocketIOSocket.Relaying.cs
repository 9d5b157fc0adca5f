namespace Kodama.SocketIO;

/// <content>Where the namespace relays: what a client says goes to the others in its room.</content>
public sealed partial class SocketIOSocket
{
    // What an event counts at least against what a batch may keep waiting, in bytes: outboxes bound frames too, and many are small.
    private const int LeastCost = 32;

    private static readonly Payload Acknowledged = ArgumentJson.None;

    private ValueTask RelayAsync(in Packet packet, FlushBatch batch)
    {
        var name = packet.GetEventName();
        if (name is "join" or "leave" && TryReadRoom(packet, out var room))
        {
            var moving = name == "join" ? TrySpeakInAsync(room, batch) : new(TryLeave(room));
            if (!moving.IsCompletedSuccessfully) return FinishAsync(moving, packet.AckId, batch);
            if (moving.Result) Acknowledge(packet.AckId, batch);
            return default;
        }
        if (speaking is not { } to) return default;
        var publishing = Namespace.Hub.PublishAsync(Peer!, to, packet.ToPayload(), name, batch);
        if (!publishing.IsCompletedSuccessfully) return FinishAsync(publishing, packet.AckId, batch);
        batch.Count(LeastCost);
        if (packet.AckId is not null && publishing.Result.Refusal is null) Acknowledge(packet.AckId, batch);
        return default;
    }

    private async ValueTask FinishAsync(ValueTask<PublishResult> publishing, long? ackId, FlushBatch batch)
    {
        var published = await publishing.ConfigureAwait(false);
        if (published.Refusal is null) Acknowledge(ackId, batch);
    }

    private async ValueTask FinishAsync(ValueTask<bool> moving, long? ackId, FlushBatch batch)
    {
        if (await moving.ConfigureAwait(false)) Acknowledge(ackId, batch);
    }

    private void Acknowledge(long? ackId, FlushBatch batch)
    {
        if (ackId is { } id) SendAck(id, Acknowledged, batch);
    }

    private static bool TryReadRoom(in Packet packet, out string room)
    {
        room = "";
        if (packet.Sole.Kind is not (SoleArgumentKind.String or SoleArgumentKind.EscapedString)) return false;
        var text = new byte[packet.Sole.Length];
        if (!JsonText.TryUnescape(packet.Data.Span.Slice(packet.Sole.Start, packet.Sole.Length), text, out var size)) return false;
        room = System.Text.Encoding.UTF8.GetString(text.AsSpan(0, size));
        return true;
    }

    private async ValueTask<bool> TrySpeakInAsync(string name, FlushBatch batch)
    {
        var hubRoom = Namespace.HubRooms.Of(name);
        if (!RoomName.IsValid(hubRoom)) return false;
        JoinResult? result = null;
        while (result is null)
        {
            var asking = Namespace.Hub.AskAsync(Peer!, hubRoom, null, Peer!.Disconnected);
            if (!asking.IsCompleted) batch.Flush();
            var grant = await asking.ConfigureAwait(false);
            if (!IsReader(grant)) return false;
            result = TryJoin(name, hubRoom, grant);
        }
        if (result is not (JoinResult.Joined or JoinResult.AlreadyIn)) return false;
        lock (gate)
        {
            // The last of them is where it speaks.
            if (rooms.Remove(name)) rooms.Add(name);
            speaking = RoomIn(hubRoom);
        }
        return true;
    }

    private bool TryLeave(string name)
    {
        lock (gate)
        {
            if (!rooms.Contains(name)) return false;
            Leave(name);
            SpeakInLast_NeedsLock();
        }
        return true;
    }
}
