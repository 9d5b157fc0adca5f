using System.Diagnostics.CodeAnalysis;

namespace Kodama;

/// <summary>Whether a client came in: as a peer, or not, with the reason.</summary>
public readonly struct Admission
{
    internal Admission(Peer peer) => Peer = peer;

    internal Admission(CloseReason refusal) => Refusal = refusal;

    /// <summary>The peer, or null.</summary>
    public Peer? Peer { get; }

    /// <summary>Why it was refused, to be sent as the close reason.</summary>
    public CloseReason Refusal { get; }

    /// <summary>Whether there is a peer.</summary>
    [MemberNotNullWhen(true, nameof(Peer))]
    public bool IsAccepted => Peer is not null;
}
