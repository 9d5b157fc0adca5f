using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>The hub's own protocol, a subprotocol of <c>/ws</c> (docs/specs/kodama.v1.md). What its peers share.</summary>
internal sealed class V1Door
{
    public const string Subprotocol = "kodama.v1";

    private readonly DoorKit kit;
    private readonly KodamaOptions options;
    private readonly HubNeighbours neighbours;
    private int waiting;

    public V1Door(DoorKit kit, KodamaOptions options, HubNeighbours neighbours, TimeProvider time)
    {
        this.kit = kit;
        this.options = options;
        this.neighbours = neighbours;
        Time = time;
        neighbours.Moved += TellMoved;
    }

    public TimeProvider Time { get; }

    /// <summary>Where clients may go when this hub is gone.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Others => neighbours.Others;

    public int MaxRooms => options.MaxRoomsPerPeer;

    /// <summary>The format of all peers: none is compressed, as a frame gets its place when it has been encoded.</summary>
    public IMessageEncoder Encoder { get; } = new V1Encoder();

    /// <summary>Takes the client's subprotocol, if it is this one.</summary>
    public static bool TryChoose(UpgradeRequest upgrade) => upgrade.TryChooseSubprotocol(Subprotocol);

    /// <summary>Answers the handshake and waits for the hello; refuses, where as many wait as there may be peers.</summary>
    public Task RunAsync(HttpContext context, UpgradeRequest upgrade, PeerDescription client)
    {
        if (Interlocked.Increment(ref waiting) <= options.MaxPeers) return kit.RunAsync(context, upgrade, client, new V1Peer(this));
        Waited();
        var text = $"{options.MaxPeers} clients have not said hello yet: try again later.";
        return kit.RefuseAsync(context, "full", new("HUB_FULL", text, StatusCodes.Status503ServiceUnavailable));
    }

    private void TellMoved()
    {
        foreach (var peer in kit.Hub.Peers) (peer.Link as V1Peer)?.TellMoved();
    }

    /// <summary>One has said hello, or will not.</summary>
    public void Waited() => Interlocked.Decrement(ref waiting);
}
