using System.Diagnostics.CodeAnalysis;

namespace Kodama;

public sealed partial class HubRules
{
    /// <summary>
    /// No two peers at once have the same value of this detail, such as <c>name</c>. Surrounding white space does not count. It is taken
    /// when the peer is validated, so that of two that come at the same moment one is refused, and free again when the peer has gone.
    /// </summary>
    /// <param name="detail">The detail's name.</param>
    /// <param name="comparer">When values are the same. Default: without regard to case (<see
    /// cref="StringComparer.OrdinalIgnoreCase"/>).</param>
    /// <param name="required">Whether a peer without the detail is refused. Default: any number of peers may be without.</param>
    public HubRules UniqueDetail(string detail, StringComparer? comparer = null, bool required = false) =>
        Add(new UniqueDetail(detail, comparer ?? StringComparer.OrdinalIgnoreCase, required));

    /// <summary>Every peer has this detail, of this length and form.</summary>
    /// <param name="detail">The detail's name.</param>
    /// <param name="minLength">Fewest characters (UTF-16 code units), at least 1.</param>
    /// <param name="maxLength">Most characters.</param>
    /// <param name="pattern">A regular expression for the whole value. It is run without backtracking, so it takes no look-arounds and no
    /// back-references.</param>
    /// <param name="hint">What a peer whose value does not fit the pattern is told, such as "Use letters and digits."</param>
    /// <exception cref="ArgumentException">The lengths or the pattern make no sense.</exception>
    public HubRules RequireDetail(
        string detail, int minLength = 1, int maxLength = int.MaxValue, [StringSyntax(StringSyntaxAttribute.Regex)] string? pattern = null,
        string? hint = null) =>
        Add(new RequiredDetail(detail, minLength, maxLength, pattern, hint));

    /// <summary>At most so many peers at once from one IP address. Behind a reverse proxy or a NAT, many share one. Peers without an
    /// address do not count.</summary>
    public HubRules MaxPeersPerAddress(int max) =>
        Add(new Capacity(
            "address", max, peer => RemoteAddressKey.Of(peer)?.ToString(),
            address => $"There are {max} peers from {address} already; no more may come."));

    /// <summary>At most so many peers at once with the same value of this detail, such as <c>team</c>. Peers without it do not
    /// count.</summary>
    public HubRules MaxPeersPerDetail(string detail, int max, StringComparer? comparer = null) =>
        Add(new Capacity(
            $"detail\0{detail}",
            max,
            peer => peer.Details.GetValueOrDefault(detail),
            value => $"The {detail} {Quotation.Of(value)} is full: at most {max} may be in it.",
            comparer));
}
