using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The door for any WebSocket client: text and binary messages, relayed as they are. How its peers get them.</summary>
internal sealed class WebSocketDoor
{
    public const string Name = "websocket";

    private readonly RawEncoder plain = new(null);
    private readonly RawEncoder deflated;

    // For all smaller windows: a message is compressed at most twice, whatever clients ask for.
    private readonly RawEncoder narrow;

    public WebSocketDoor(KodamaOptions options)
    {
        Deflate = options.Compression ? new PerMessageDeflateOptions() : null;
        deflated = new RawEncoder(Deflate);
        narrow = new RawEncoder(Deflate, RawEncoder.NarrowWindowBits);
    }

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
