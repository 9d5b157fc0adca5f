using Kodama.Bench.Scenarios;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Compare;

internal sealed record CompareOptions
{
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    public required IReadOnlyList<BenchServer> Servers { get; init; }

    /// <summary>What is compared, for the names of results: empty for raw WebSockets.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Measured time of each load, after its warm-up.</summary>
    public required double Seconds { get; init; }

    public double WarmUpSeconds => Quick ? 0.5 : 2;

    /// <summary>Small and short, to see that everything works. Its figures say nothing and are not written down.</summary>
    public required bool Quick { get; init; }

    /// <summary>The load generator in C++ to use instead of the built-in one, where it can do the scenario.</summary>
    public string? Wsload { get; init; }
}
