using Kodama.WebSockets;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>The door for any WebSocket client: text and binary messages, relayed as they are. What its peers share.</summary>
internal sealed class WebSocketDoor
{
    public const string Name = "websocket";

    private readonly RawEncoder plain = new(null);
    private readonly RawEncoder deflated;

    // For all smaller windows: a message is compressed at most twice, whatever clients ask for.
    private readonly RawEncoder narrow;

    public WebSocketDoor(
        Hub hub, WebSocketConnections connections, KodamaOptions options, IncomingBounds bounds, KodamaMetrics metrics,
        ILogger<WebSocketDoor> logger)
    {
        Hub = hub;
        Connections = connections;
        Metrics = metrics;
        Logger = logger;
        ReaderOptions = bounds.Reader(options.MaxMessageSize);
        ConnectionOptions = bounds.Connection();
        Deflate = options.Compression ? new PerMessageDeflateOptions() : null;
        deflated = new RawEncoder(Deflate);
        narrow = new RawEncoder(Deflate, RawEncoder.NarrowWindowBits);
    }

    public Hub Hub { get; }

    public WebSocketConnections Connections { get; }

    public KodamaMetrics Metrics { get; }

    public ILogger Logger { get; }

    public MessageReaderOptions ReaderOptions { get; }

    public ConnectionOptions ConnectionOptions { get; }

    /// <summary>What is accepted of permessage-deflate, or null for none.</summary>
    public PerMessageDeflateOptions? Deflate { get; }

    /// <summary>How a peer gets messages that has negotiated this of permessage-deflate.</summary>
    public IMessageEncoder Encoder(DeflateParameters? negotiated) => negotiated?.ServerMaxWindowBits switch
    {
        null => plain,
        RawEncoder.FullWindowBits => deflated,
        _ => narrow,
    };
}
