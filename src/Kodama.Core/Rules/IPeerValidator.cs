namespace Kodama;

/// <summary>Decides who may stay, after the authenticators and before the peer joins anything. Peers are validated side by side.</summary>
public interface IPeerValidator
{
    /// <summary>Accepts the peer, or refuses it with a reason. An exception refuses it, is logged and not told.</summary>
    ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken);

    /// <summary>
    /// Called once for each peer that was accepted, when it has gone or a later validator has refused it: what was taken for it (a seat, a
    /// name) is free again.
    /// </summary>
    void Release(Peer peer)
    {
    }
}
