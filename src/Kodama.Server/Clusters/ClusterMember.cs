namespace Kodama.Server;

/// <summary>A hub of the cluster, as this one knows it.</summary>
/// <param name="Id">By which the hubs know it.</param>
/// <param name="About">What it tells of itself.</param>
internal sealed record ClusterMember(string Id, HubAbout About);
