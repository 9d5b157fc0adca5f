namespace Kodama.Chaos;

/// <summary>What a client has noted by the end. What is said in the hall is written as offset and text: <c>17 node-3 5</c>.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Published">How many messages it has published in the hall.</param>
/// <param name="Acknowledged">Which of them were, and where they are.</param>
/// <param name="Refused">What was refused: its text, and the code.</param>
/// <param name="Heard">What it has heard in the hall.</param>
/// <param name="HallGaps">The gaps that it was told there.</param>
/// <param name="Brook">The offsets of what it has heard in the brook.</param>
/// <param name="BrookGaps">The gaps that it was told there.</param>
/// <param name="Members">The names of who is present in the hall.</param>
/// <param name="State">The hall's, by key.</param>
public sealed record Notes(
    string Name,
    int Published,
    IReadOnlyList<string> Acknowledged,
    IReadOnlyList<string> Refused,
    IReadOnlyList<string> Heard,
    IReadOnlyList<Gap> HallGaps,
    IReadOnlyList<long> Brook,
    IReadOnlyList<Gap> BrookGaps,
    IReadOnlyList<string> Members,
    IReadOnlyDictionary<string, string> State);

/// <summary>What is behind <paramref name="From"/> up to <paramref name="To"/> does not come.</summary>
public sealed record Gap(long From, long To);
