namespace Kodama.Bench.Soak;

/// <param name="Duration">Of the storm, after the warm-up.</param>
/// <param name="Peers">At once; a place that is left is taken by the next.</param>
/// <param name="Seed">Of all that is left to chance, but the timing.</param>
internal sealed record SoakOptions(TimeSpan Duration, int Peers, int Seed)
{
    /// <summary>Rooms with witnesses.</summary>
    public const int Rooms = 20;

    /// <summary>Rooms without: small, and flooded.</summary>
    public const int FloodedRooms = 100;
}
