using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Ably;

/// <summary>A client that is told why it is not let in, and closed (docs/specs/ably.md, C1).</summary>
internal sealed class RefusedPeer(WireFormat format, AblyError error) : DoorPeer
{
    /// <summary>The frame that tells a client why its connection is about to be closed.</summary>
    public static byte[] Tell(WireFormat format, AblyError error)
    {
        using var writer = Protocol.Error(format, error);
        return Protocol.Whole(writer);
    }

    protected override ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        var reason = new CloseReason(1000, "");
        Close(reason, Tell(format, error));
        return new(reason);
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload) => default;
}
