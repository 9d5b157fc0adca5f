namespace Kodama;

/// <summary>Whether a peer may stay.</summary>
public readonly struct PeerVerdict
{
    private readonly CloseReason? refusal;

    private PeerVerdict(CloseReason reason) => refusal = reason;

    private PeerVerdict(bool accepted) => IsAccepted = accepted;

    /// <summary>It may.</summary>
    public static PeerVerdict Accepted { get; } = new(accepted: true);

    /// <summary>Whether it may.</summary>
    public bool IsAccepted { get; }

    /// <summary>What it is told, if not.</summary>
    public CloseReason Refusal => refusal ?? CloseReason.Refused;

    /// <summary>It may not: it is closed with 3000 and this text.</summary>
    public static PeerVerdict Refuse(string text) => new(CloseReason.Refused with { Text = text });

    /// <summary>It cannot be known now; another attempt may go better.</summary>
    internal static PeerVerdict Later { get; } = new(CloseReason.TryLater);

    /// <summary>It may not, with a close code of one's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code is not of those for applications, 3000-4999 (RFC 6455 section
    /// 7.4.2).</exception>
    public static PeerVerdict Refuse(CloseReason reason)
    {
        if (reason.Code is < 3000 or > 4999)
            throw new ArgumentOutOfRangeException(nameof(reason), reason.Code, "A refusal takes a close code of 3000 to 4999.");
        return new(reason);
    }
}
