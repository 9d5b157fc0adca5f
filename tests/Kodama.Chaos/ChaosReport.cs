namespace Kodama.Chaos;

/// <summary>What a run has come to.</summary>
/// <param name="Clients">How many.</param>
/// <param name="Verdict">What became of all that was said.</param>
/// <param name="Returns">Of the hub, one a kill.</param>
/// <param name="GapsMade">On purpose: clients that were kept away until more was said than is kept.</param>
/// <param name="Cuts">Connections that were cut, besides.</param>
/// <param name="Stalls">Connections that led nowhere from a place on.</param>
public sealed record ChaosReport(
    int Clients, Verdict Verdict, IReadOnlyList<Return> Returns, int GapsMade, int Cuts, int Stalls)
{
    /// <summary>What clients told that went wrong with them.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Each promise that was broken, in words; none if all is well.</summary>
    public IEnumerable<string> Broken =>
    [
        .. Failures,
        .. Verdict.Broken,
        .. Verdict.GapsTold == GapsMade ? (string[])[] : [$"{GapsMade} gaps were made, and {Verdict.GapsTold} told."],
    ];
}
