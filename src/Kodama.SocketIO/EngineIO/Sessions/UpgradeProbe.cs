namespace Kodama.SocketIO;

/// <summary>A WebSocket that wants to become the transport of a session on polling.</summary>
internal sealed class UpgradeProbe(WebSocketTransport webSocket, long since)
{
    public WebSocketTransport WebSocket => webSocket;

    /// <summary>Milliseconds, as of <see cref="SessionRegistry.Now"/>.</summary>
    public long Since => since;

    /// <summary>Whether the client has probed, and so is about to stop polling.</summary>
    public bool IsAnswered { get; set; }
}
