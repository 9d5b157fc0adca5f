namespace Kodama.Discovery;

/// <summary>How an <c>Advertiser</c> goes about it.</summary>
public sealed class AdvertiserOptions
{
    /// <summary>Interfaces to use, by name or address, those included that are left out by default. Empty: see <see
    /// cref="LocalInterface.IsUsed"/>.</summary>
    public IList<string> Interfaces { get; } = [];

    /// <summary>Host name without <c>.local</c>, for the SRV, A and AAAA records; 1 to 63 letters, digits and hyphens. Default: made from
    /// the hub's id, so that the machine's own responder keeps its name.</summary>
    public string? HostName { get; set; }

    /// <summary>Only these of the machine's addresses are told; empty for all of the interfaces used. <c>0.0.0.0</c> stands for all of
    /// IPv4, <c>::</c> for all of both families, as where a server listens.</summary>
    public IList<System.Net.IPAddress> Addresses { get; } = [];

    /// <summary>Hears of what goes wrong and is survived. Called on a thread of the pool, one error after another.</summary>
    public Action<DiscoveryError>? Failed { get; set; }
}
