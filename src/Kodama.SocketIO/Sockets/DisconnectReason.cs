namespace Kodama.SocketIO;

/// <summary>Why a socket has ended, in node's words.</summary>
public static class DisconnectReason
{
    /// <summary>The client left the namespace.</summary>
    public const string ClientNamespaceDisconnect = "client namespace disconnect";

    /// <summary>This side ended the socket: <see cref="SocketIOSocket.Disconnect"/>.</summary>
    public const string ServerNamespaceDisconnect = "server namespace disconnect";

    /// <summary>The client closed its connection, or was lost.</summary>
    public const string TransportClose = "transport close";

    /// <summary>The connection broke, or what came by it did; or the client was too slow.</summary>
    public const string TransportError = "transport error";

    /// <summary>The client did not answer a ping in time.</summary>
    public const string PingTimeout = "ping timeout";

    /// <summary>The client sent what is no Engine.IO.</summary>
    public const string ParseError = "parse error";

    /// <summary>The client sent what is no Socket.IO.</summary>
    public const string ForcedClose = "forced close";

    /// <summary>The client sent a packet that has no place, such as an event for a namespace that it is not in; or far more events than the
    /// handlers take.</summary>
    public const string ForcedServerClose = "forced server close";

    /// <summary>The hub stops.</summary>
    public const string ServerShuttingDown = "server shutting down";

    /// <summary>Whether a client may come back as the same socket (connection state recovery).</summary>
    internal static bool IsRecoverable(string reason) =>
        reason is TransportClose or TransportError or PingTimeout or ForcedClose or ForcedServerClose or ServerShuttingDown;

    /// <summary>The reason as the hub's rules and watchers hear it.</summary>
    internal static CloseReason ToCloseReason(string reason) =>
        new(reason is ClientNamespaceDisconnect or ServerNamespaceDisconnect ? CloseReason.Normal.Code : CloseReason.Lost.Code, reason);
}
