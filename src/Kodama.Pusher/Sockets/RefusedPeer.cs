using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Pusher;

/// <summary>A client that is told why it is not let in, and closed (docs/specs/pusher.md, C2).</summary>
/// <param name="reason">Why.</param>
internal sealed class RefusedPeer(CloseReason reason) : DoorPeer
{
    /// <summary>The frame that tells a client why its connection is about to be closed.</summary>
    public static byte[] Tell(CloseReason reason)
    {
        using var json = PusherFrames.Error(reason.Code, reason.Text);
        return PusherFrames.Whole(json);
    }

    protected override ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        Close(reason, Tell(reason));
        return new(reason);
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload) => default;
}
