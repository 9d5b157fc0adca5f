namespace Kodama.Core.Tests;

/// <summary>Lets everyone in, and is told who goes.</summary>
internal sealed class Farewell(Action<Peer> left) : IPeerValidator
{
    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => new(PeerVerdict.Accepted);

    public void Release(Peer peer) => left(peer);
}
