using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>A raw peer: what it says goes to the room that it was told to join.</summary>
/// <param name="join">The room, and with what it begins.</param>
/// <param name="sendsEvents">Whether its text frames are events.</param>
internal sealed class WebSocketPeer(JoinRequest join, bool sendsEvents) : DoorPeer
{
    private static readonly CloseReason NoEvent = new(
        1003, $"With kodama.events=1 a text frame is {{\"event\":\"name\",\"args\":[...]}}; {JsonEscapes.Rule}.");

    protected internal override async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (await TryJoinAsync(cancellationToken) is { } refusal) Peer.Disconnect(refusal);
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        if (Peer.Room is not { } room) return default;
        var eventName = Message.DefaultEvent;
        var said = type == MessageType.Text ? Payload.OfText(payload) : Payload.Of(payload);
        if (sendsEvents && type == MessageType.Text && !EventFrame.TryRead(payload, out eventName, out said))
        {
            Peer.Disconnect(NoEvent);
            return default;
        }
        var publishing = Hub.PublishAsync(Peer, room, said, eventName!, Batch);
        return publishing.IsCompletedSuccessfully ? default : new ValueTask(publishing.AsTask());
    }

    private async ValueTask<CloseReason?> TryJoinAsync(CancellationToken cancellationToken)
    {
        var joined = await JoinAsync(join, cancellationToken);
        return joined.Result switch
        {
            JoinResult.Refused => CloseReason.Refused with { Text = joined.Reason ?? "The rules of the room do not let this client in." },
            JoinResult.HubFull => CloseReason.Refused with { Text = "The hub has as many rooms as it may: join one that there is." },
            JoinResult.Unavailable => CloseReason.RoomUnavailable,
            _ => null,
        };
    }
}
