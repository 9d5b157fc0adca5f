namespace Kodama.WebSockets;

/// <summary>The status codes of a close frame (RFC 6455 section 7.4 and IANA's WebSocket Close Code Number Registry).</summary>
public static class CloseCodes
{
    /// <summary>The purpose of the connection is fulfilled.</summary>
    public const ushort Normal = 1000;

    /// <summary>The server stops, or the browser leaves the page.</summary>
    public const ushort GoingAway = 1001;

    /// <summary>The other side broke the protocol.</summary>
    public const ushort ProtocolError = 1002;

    /// <summary>The other side sent a type of data that cannot be accepted.</summary>
    public const ushort UnsupportedData = 1003;

    /// <summary>Never on the wire: the close frame held no code.</summary>
    public const ushort NoStatus = 1005;

    /// <summary>Never on the wire: the connection ended without a close frame.</summary>
    public const ushort Abnormal = 1006;

    /// <summary>A message's data did not fit its type, such as a text that is not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;

    /// <summary>A message broke the receiver's rules, and no other code fits.</summary>
    public const ushort PolicyViolation = 1008;

    /// <summary>A message is larger, or in more fragments, than the receiver takes.</summary>
    public const ushort MessageTooBig = 1009;

    /// <summary>The client expected an extension that the server did not negotiate.</summary>
    public const ushort MandatoryExtension = 1010;

    /// <summary>The server met a condition it did not expect.</summary>
    public const ushort InternalError = 1011;

    /// <summary>The server restarts.</summary>
    public const ushort ServiceRestart = 1012;

    /// <summary>The server is overloaded; try another or later.</summary>
    public const ushort TryAgainLater = 1013;

    /// <summary>A gateway got an invalid answer from the server behind it.</summary>
    public const ushort BadGateway = 1014;

    /// <summary>
    /// Whether <paramref name="code"/> may stand in a close frame: 1000 to 1003, 1007 to 1014 (assigned by the RFC and IANA) and 3000 to
    /// 4999 (libraries and applications). 1004 has no meaning yet; 1005, 1006 and 1015 are for reporting only.
    /// </summary>
    public static bool IsValidOnWire(ushort code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
