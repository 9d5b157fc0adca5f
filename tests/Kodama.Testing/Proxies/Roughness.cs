namespace Kodama.Testing;

/// <summary>How rough a way is.</summary>
/// <param name="BytesBetweenFaults">On average, in each direction of a connection.</param>
/// <param name="Stalls">Of the faults, from 0 to 1: from there on nothing passes, and nobody is told. The others cut.</param>
/// <param name="LongestDelay">In ms, of a piece that goes late.</param>
public sealed record Roughness(int BytesBetweenFaults = 6000, double Stalls = 0, int LongestDelay = 10);
