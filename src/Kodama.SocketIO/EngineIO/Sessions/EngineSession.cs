namespace Kodama.SocketIO;

/// <summary>How a session's packets travel.</summary>
internal enum EngineTransport : byte
{
    /// <summary>HTTP long-polling.</summary>
    Polling,

    /// <summary>A WebSocket, from the beginning or after an upgrade.</summary>
    WebSocket,
}

/// <summary>One Engine.IO session, as the layer above sees it. Thread-safe.</summary>
internal abstract class EngineSession
{
    /// <summary>The sid: a secret between client and server.</summary>
    public abstract string Id { get; }

    /// <summary>The revision that the client speaks.</summary>
    public abstract EngineVersion Version { get; }

    /// <summary>The request that opened it.</summary>
    public abstract HandshakeRequest Handshake { get; }

    /// <summary>How packets travel now: changes once, from polling to WebSocket (<see cref="IEngineHandler.OnUpgraded"/>).</summary>
    public abstract EngineTransport Transport { get; }

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
    /// Begins to close: what the source still has goes first, packets that still come are not told. Only the first call counts; <see
    /// cref="IEngineHandler.OnClosed"/> tells when it is done.
    /// </summary>
    public abstract void Close(EngineCloseReason reason = EngineCloseReason.ForcedClose);
}

internal static class EngineTransportNames
{
    /// <summary>As in the query parameter <c>transport</c>.</summary>
    public static string Name(this EngineTransport transport) => transport == EngineTransport.Polling ? "polling" : "websocket";
}
