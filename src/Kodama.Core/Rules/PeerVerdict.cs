namespace Kodama;

/// <summary>Whether a peer may stay.</summary>
public readonly struct PeerVerdict
{
    private PeerVerdict(CloseReason refusal)
    {
        IsAccepted = false;
        Refusal = refusal;
    }

    private PeerVerdict(bool accepted) => IsAccepted = accepted;

    /// <summary>It may.</summary>
    public static PeerVerdict Accepted { get; } = new(accepted: true);

    /// <summary>Whether it may.</summary>
    public bool IsAccepted { get; }

    /// <summary>What it is told, if not.</summary>
    public CloseReason Refusal { get; }

    /// <summary>It may not: it is closed with 3000 and this text.</summary>
    public static PeerVerdict Refuse(string text) => new(CloseReason.Refused with { Text = text });

    /// <summary>It may not, with a close code of one's own (3000-4999).</summary>
    public static PeerVerdict Refuse(CloseReason reason) => new(reason);
}
