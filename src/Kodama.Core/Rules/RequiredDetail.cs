using System.Text.RegularExpressions;

namespace Kodama;

/// <summary>Every peer has a detail, of some length and form.</summary>
internal sealed class RequiredDetail : IPeerValidator
{
    private readonly string detail;
    private readonly int minLength;
    private readonly int maxLength;
    private readonly Regex? pattern;
    private readonly string? hint;

    public RequiredDetail(string detail, int minLength, int maxLength, string? pattern, string? hint)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, minLength);
        this.detail = detail;
        this.minLength = minLength;
        this.maxLength = maxLength;
        this.hint = hint;
        // Values come from the wire, so matching them must not take longer than their length allows.
        if (pattern is not null)
            this.pattern = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) =>
        new(Refusal(peer.Details.GetValueOrDefault(detail)) is { } refusal ? PeerVerdict.Refuse(refusal) : PeerVerdict.Accepted);

    // Who only reads has no need of a name.
    public ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken) =>
        wanted.OnlyReads() ? new(PeerVerdict.Accepted) : ValidateAsync(client, cancellationToken);

    private string? Refusal(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return $"The detail \"{detail}\" is missing: connect with one.";
        if (value.Length < minLength) return $"The {detail} {Quotation.Of(value)} is too short: it takes at least {minLength} characters.";
        if (value.Length > maxLength) return $"The {detail} {Quotation.Of(value)} is too long: it takes at most {maxLength} characters.";
        if (pattern is null || pattern.IsMatch(value)) return null;
        return $"The {detail} {Quotation.Of(value)} is not allowed. {hint ?? "Choose another."}";
    }
}
