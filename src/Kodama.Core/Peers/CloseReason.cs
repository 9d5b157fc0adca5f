namespace Kodama;

/// <summary>Why a connection ends: the one registry of close codes that the hub uses.</summary>
/// <param name="Code">Close code as in RFC 6455 section 7.4: 1000-1015 of the RFC, 3000-4999 of applications.</param>
/// <param name="Text">What a person reads; at most 123 bytes of it go over a WebSocket.</param>
public readonly record struct CloseReason(ushort Code, string Text)
{
    /// <summary>The peer left as it should.</summary>
    public static readonly CloseReason Normal = new(1000, "");

    /// <summary>The hub is stopping; it may come back.</summary>
    public static readonly CloseReason GoingAway = new(1001, "The hub is stopping.");

    /// <summary>The connection broke without a close frame. Never sent (RFC 6455 section 7.4.1).</summary>
    public static readonly CloseReason Lost = new(1006, "The connection was lost.");

    /// <summary>The hub failed; its log says why.</summary>
    public static readonly CloseReason InternalError = new(1011, "The hub failed to handle a message.");

    /// <summary>What the hub must ask of others to let the peer in cannot be asked now.</summary>
    public static readonly CloseReason TryLater = new(1013, "The hub cannot reach the others of its cluster now: try again later.");

    /// <summary>What is kept of the peer's room cannot be opened; the hub's log says why.</summary>
    public static readonly CloseReason RoomUnavailable = new(1011, "What is kept of the room cannot be read now: try again later.");

    /// <summary>A validator refused the peer; <c>local_websocket</c>'s code and text.</summary>
    public static readonly CloseReason Refused = new(3000, "Client validation failed");

    /// <summary>The peer's outbox was full.</summary>
    public static readonly CloseReason TooSlow = new(4000, "Too slow: more messages were waiting than the hub keeps for one peer.");

    /// <summary>The same session has connected again elsewhere. Final: a client that reconnects takes it away from itself.</summary>
    public static readonly CloseReason TakenOver = new(4002, "This session has connected again elsewhere.");

    /// <summary>The rules do not let the peer be in its room any more, and it is in no other. Final.</summary>
    public static readonly CloseReason NotAllowed = new(4003, "The rules of the room do not let this client in any more.");

    /// <summary>The hub's program ended the connection.</summary>
    public static readonly CloseReason Disconnected = new(4001, "Disconnected by the hub.");

    /// <summary>What the peer came in with has expired; it may come back with something newer.</summary>
    public static readonly CloseReason Expired = new(4005, "The token has expired.");

    /// <summary>Whether a close frame may carry the code (RFC 6455 section 7.4): 1000-1003, 1007-1014 or 3000-4999.</summary>
    public bool IsSendable => Code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Whether a client does well to connect again by itself.</summary>
    public bool ShouldReconnect => Code is 1001 or 1005 or 1006 or 1011 or 1012 or 1013 or 4000 or 4005;

    /// <summary>Whether the connection broke, rather than somebody left: its session may come back.</summary>
    internal bool MayComeBack => Code is 1005 or 1006 or 4000 or 4002 or 4005;

    internal void ThrowIfNotSendable()
    {
        if (!IsSendable)
        {
            throw new ArgumentOutOfRangeException(
                "reason", Code, "No close frame may carry this code: choose one of 1000-1003, 1007-1014 or 3000-4999.");
        }
    }
}
