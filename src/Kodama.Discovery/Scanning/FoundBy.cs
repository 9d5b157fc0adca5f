namespace Kodama.Discovery;

/// <summary>The ways by which a hub is found.</summary>
[Flags]
public enum FoundBy
{
    /// <summary>By none.</summary>
    None = 0,

    /// <summary>It answered a question by multicast, or announced itself (RFC 6762).</summary>
    Mdns = 1,

    /// <summary>It answered <c>GET /</c> on one of the addresses that were tried.</summary>
    Sweep = 2,

    /// <summary>By both.</summary>
    Any = Mdns | Sweep,
}
