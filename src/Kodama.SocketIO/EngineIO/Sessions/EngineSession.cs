namespace Kodama.SocketIO;

/// <summary>How a session's packets travel, as in the query parameter <c>transport</c>.</summary>
internal static class EngineTransport
{
    public const string Polling = "polling";

    /// <summary>From the beginning or after an upgrade.</summary>
    public const string WebSocket = "websocket";
}

/// <summary>One Engine.IO session, as the layer above it sees it. Thread-safe.</summary>
internal abstract class EngineSession(EngineVersion version, HandshakeRequest handshake)
{
    /// <summary>The sid: a secret between client and server.</summary>
    public string Id { get; } = SocketId.New();

    /// <summary>The revision that the client speaks.</summary>
    public EngineVersion Version => version;

    /// <summary>The request that opened it.</summary>
    public HandshakeRequest Handshake => handshake;

    /// <summary>How packets travel now (<see cref="EngineTransport"/>): changes once, from polling to WebSocket (<see
    /// cref="IEngineHandler.OnUpgraded"/>).</summary>
    public abstract string Transport { get; }

    /// <summary>
    /// Whether frames of the source may be compressed (permessage-deflate): only where that was negotiated and the session began as a
    /// WebSocket, since polling cannot take them.
    /// </summary>
    public abstract bool TakesDeflated { get; }

    /// <summary>Whether the transport could take a packet at once: a GET waits, or the WebSocket does not. For volatile packets.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>The handler's source has something, or a peek found nothing before: sends it. Never waits; any thread may call
    /// it.</summary>
    public abstract void Flush();

    /// <summary>
    /// Begins to close, for a <see cref="DisconnectReason"/>: what the source still has goes first, packets that still come are not told.
    /// Only the first call counts; <see cref="IEngineHandler.OnClosed"/> tells when it is done.
    /// </summary>
    public abstract void Close(string reason = DisconnectReason.ForcedClose);
}
