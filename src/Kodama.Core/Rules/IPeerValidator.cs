namespace Kodama;

/// <summary>Decides who may stay, after the authenticators and before the peer joins anything. Peers are validated side by side.</summary>
public interface IPeerValidator
{
    /// <summary>Accepts the peer, or refuses it with a reason. An exception refuses it, is logged and not told.</summary>
    ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken);

    /// <summary>
    /// Accepts what a client that holds no connection asks for, such as by a request over HTTP, or refuses it with a reason. Asked for each
    /// request; nothing is held for it afterwards. By default as if it came and went: <see cref="ValidateAsync"/>, and
    /// <see cref="Release"/>.
    /// </summary>
    /// <param name="client">Who: described, and never connected.</param>
    /// <param name="wanted">What for; <see cref="RoomRights.Read"/> and <see cref="RoomRights.History"/> say nothing to anybody.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone.</param>
    async ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken)
    {
        var verdict = await ValidateAsync(client, cancellationToken);
        if (verdict.IsAccepted) Release(client);
        return verdict;
    }

    /// <summary>
    /// Called once for each peer that was accepted, when it has gone or a later validator has refused it: what was taken for it (a seat, a
    /// name) is free again.
    /// </summary>
    void Release(Peer peer)
    {
    }
}
