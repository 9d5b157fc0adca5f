namespace Kodama.Discovery;

/// <summary>What has happened to a hub on the network.</summary>
/// <param name="Kind">Found, changed or lost.</param>
/// <param name="Hub">The hub as it is now, or was last.</param>
public sealed record HubChange(HubChangeKind Kind, FoundHub Hub);

/// <summary>What a <see cref="HubChange"/> tells.</summary>
public enum HubChangeKind
{
    /// <summary>It has come.</summary>
    Found,

    /// <summary>Its name, addresses, details, or the ways it is found by have changed.</summary>
    Changed,

    /// <summary>It has said goodbye, or no longer answers.</summary>
    Lost,
}
