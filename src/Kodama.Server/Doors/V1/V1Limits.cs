namespace Kodama.Server;

/// <summary>Bounds of kodama.v1 that no option changes (docs/specs/kodama.v1.md); the hub tells them in its hello.</summary>
internal static class V1Limits
{
    /// <summary>From the handshake to the client's hello.</summary>
    public static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest name of an event, in UTF-16 code units.</summary>
    public const int Event = EventName.MaxLength;

    /// <summary>Longest token of a join, in UTF-16 code units.</summary>
    public const int Token = 4096;

    /// <summary>So many refused joins that brought a token end the connection: nobody is to guess one at the wire's speed.</summary>
    public const int WrongTokens = 10;

    /// <summary>Most levels of JSON in arguments and in a member's data.</summary>
    public const int Depth = RoomMembers.MaxDepth;

    /// <summary>Most messages of a page of history.</summary>
    public const int Page = 1000;

    /// <summary>Messages of a page, where nobody says.</summary>
    public const int DefaultPage = 100;

    /// <summary>Most bytes of a page of more than one message, however many were asked for.</summary>
    public const int PageBytes = 256 * 1024;

    /// <summary>
    /// How long a client that is asked for nothing more may take nothing of so many bytes that wait for it: 30 s, and a second for each 32
    /// KiB, as the transport may say what it has sent in one piece.
    /// </summary>
    public static TimeSpan TimeToTake(int bytes) => TimeSpan.FromSeconds(30 + (bytes / (32 * 1024)));

    /// <summary>Largest <c>n</c>: what every JSON library reads exactly (RFC 8259 section 6).</summary>
    public const long Number = (1L << 53) - 1;
}
