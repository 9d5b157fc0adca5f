namespace Kodama.Bench.Discovery;

/// <summary>Something that discovery promises, measured in a network laboratory of its own.</summary>
internal abstract class DiscoveryFigure
{
    public static IReadOnlyList<DiscoveryFigure> All { get; } =
    [
        new FoundFigure(), new WatchFigure(), new KilledFigure(), new SweepFigure(), new BlockedFigure(), new CrowdFigure(),
        new ReconnectFigure(),
    ];

    /// <summary>What --only calls it.</summary>
    public abstract string Name { get; }

    /// <exception cref="Network.Lab.LabException">It did not come to pass at all.</exception>
    public abstract Task<IReadOnlyList<Timings>> MeasureAsync(bool quick);
}
