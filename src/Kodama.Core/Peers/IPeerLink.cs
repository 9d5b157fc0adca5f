namespace Kodama;

/// <summary>The way from the hub to a peer's connection. Each door brings its own.</summary>
public interface IPeerLink
{
    /// <summary>Sends what waits in the peer's <see cref="Peer.Outbox"/>. Returns without waiting; may be called from any thread, and at
    /// once from many.</summary>
    void Flush();

    /// <summary>Ends the connection, after what waits in the outbox if the reason is a friendly one. Returns without waiting.</summary>
    void Close(CloseReason reason);

    /// <summary>
    /// The rules do not let the peer be in this room any more, and it has left it. A door whose clients know of rooms tells its client; by
    /// default a peer that is in no other room is disconnected. Returns without waiting; called when no lock is held.
    /// </summary>
    void Expelled(Peer peer, Room room)
    {
        if (peer.Room is null) peer.Disconnect(CloseReason.NotAllowed);
    }
}
