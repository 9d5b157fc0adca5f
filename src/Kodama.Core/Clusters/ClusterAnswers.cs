namespace Kodama;

/// <summary>What the other hubs have answered.</summary>
/// <param name="Answers">By hub: at most <see cref="ICluster.MostBytes"/> each.</param>
/// <param name="Missing">The hubs that are there, or may be, and have not answered in time.</param>
public sealed record ClusterAnswers(IReadOnlyList<(string Hub, ReadOnlyMemory<byte> What)> Answers, IReadOnlyList<string> Missing)
{
    /// <summary>Nobody was asked.</summary>
    public static ClusterAnswers None { get; } = new([], []);
}
