namespace Kodama.Core.Tests;

/// <summary>A peer that joined with a start, and the test's end of its connection.</summary>
internal sealed record TestReader(Peer Peer, TestLink Link, Joined Joined)
{
    /// <summary>Drains until the peer is live in its room.</summary>
    public async Task LiveAsync()
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        while (Peer.Find(Joined.Room!) is not { IsLive: true })
        {
            Link.Drain();
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Link.Drain();
    }
}
