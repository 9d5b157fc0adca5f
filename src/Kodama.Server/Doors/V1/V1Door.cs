using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>The hub's own protocol, a subprotocol of <c>/ws</c> (docs/specs/kodama.v1.md). What its peers share.</summary>
internal sealed class V1Door(
    Hub hub, WebSocketConnections connections, HandOver handOver, KodamaOptions options, IncomingBounds bounds, KodamaMetrics metrics,
    ILogger<V1Door> logger)
{
    public const string Subprotocol = "kodama.v1";

    private int waiting;

    public Hub Hub => hub;

    public WebSocketConnections Connections => connections;

    public KodamaMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public TimeProvider Time => bounds.Time;

    public MessageReaderOptions ReaderOptions { get; } = bounds.Reader(options.MaxMessageSize);

    public ConnectionOptions ConnectionOptions { get; } = bounds.Connection();

    public int MaxRooms => options.MaxRoomsPerPeer;

    /// <summary>The format of all peers: none is compressed, as a frame gets its place when it has been encoded.</summary>
    public IMessageEncoder Encoder { get; } = new V1Encoder();

    /// <summary>Takes the client's subprotocol, if it is this one.</summary>
    public static bool TryChoose(UpgradeRequest upgrade) => upgrade.TryChooseSubprotocol(Subprotocol);

    /// <summary>Answers the handshake and waits for the hello; null, or why not: as many wait as there may be peers.</summary>
    public async Task<HttpError?> RunAsync(HttpContext context, UpgradeRequest upgrade, PeerDescription client)
    {
        if (Interlocked.Increment(ref waiting) > options.MaxPeers)
        {
            Waited();
            return new(
                "HUB_FULL",
                $"{options.MaxPeers} clients have not said hello yet: try again later.",
                StatusCodes.Status503ServiceUnavailable);
        }
        await handOver.RunAsync(context, upgrade, new V1Peer(this, client).Connect, static _ => default);
        return null;
    }

    /// <summary>One has said hello, or will not.</summary>
    public void Waited() => Interlocked.Decrement(ref waiting);
}
