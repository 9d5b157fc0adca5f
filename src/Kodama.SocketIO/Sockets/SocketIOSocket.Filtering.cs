namespace Kodama.SocketIO;

/// <content>The hub's filters are asked before an event reaches handlers, as before it is relayed.</content>
public sealed partial class SocketIOSocket
{
    private async ValueTask FilterAsync(Packet packet, FlushBatch batch)
    {
        var hub = Namespace.Hub;
        // It is in that room as long as it is connected.
        if (hub.FindRoom(Namespace.HubRooms.Default) is not { } room) return;
        var said = packet.ToPayload();
        var (message, refusal) = await hub.FilterAsync(Peer!, room, said, packet.GetEventName(), batch).ConfigureAwait(false);
        if (refusal is not null || IsOver) return;
        var happened = message.Payload.IsSame(said)
            ? new SocketIOEvent(this, packet)
            : new SocketIOEvent(this, message.Event, message.Payload.ToOwned(), packet.AckId);
        await queue!.AddAsync(happened).ConfigureAwait(false);
    }
}
