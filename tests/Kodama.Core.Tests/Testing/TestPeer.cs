namespace Kodama.Core.Tests;

/// <summary>A peer and the test's end of its connection.</summary>
internal sealed record TestPeer(Peer Peer, TestLink Link)
{
    public IReadOnlyList<string> Received => Link.Received;

    public Room Room => Peer.Room!;

    /// <summary>Says something, as a door does for its peer.</summary>
    public async Task<PublishResult> SayAsync(Payload payload, string eventName = Message.DefaultEvent, Room? room = null)
    {
        var batch = FlushBatch.Rent();
        var result = await Peer.Hub.PublishAsync(Peer, room ?? Room, payload, eventName, batch);
        batch.Dispose();
        return result;
    }
}
