using System.Globalization;

namespace Kodama.Bench.Scenarios;

/// <param name="Name">What was measured, and its unit.</param>
/// <param name="Value">Null where the load generator does not know it.</param>
/// <param name="Format">How many digits mean something.</param>
internal sealed record Figure(string Name, double? Value, string Format)
{
    public string Text => Value is { } value ? value.ToString(Format, CultureInfo.InvariantCulture) : "";
}

/// <summary>What a server did in a scenario: figures, the one that counts first, or why there are none.</summary>
internal sealed record Outcome(IReadOnlyList<Figure> Figures, string? Failure, bool LoadBound)
{
    /// <summary>Above this the load generator's own core was the limit.</summary>
    private const double BusyCore = 0.95;

    public static Outcome Of(double? loadCores, params Figure[] figures) => new(figures, null, loadCores > BusyCore);

    public static Outcome Failed(string why) => new([], why, false);
}
