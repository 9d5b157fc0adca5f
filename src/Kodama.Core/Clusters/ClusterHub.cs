namespace Kodama;

/// <summary>A hub of a cluster.</summary>
/// <param name="Id">By which the others know it.</param>
/// <param name="About">What it tells of itself; empty where it has said nothing yet.</param>
public sealed record ClusterHub(string Id, string About);
