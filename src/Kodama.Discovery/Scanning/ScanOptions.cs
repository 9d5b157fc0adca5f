namespace Kodama.Discovery;

/// <summary>What a scan is to do. The defaults find every hub on the networks of this machine.</summary>
public sealed class ScanOptions
{
    /// <summary>
    /// By what ways. Default both at once. Whatever they are, a watcher asks the hubs that were found <c>GET /</c>, at addresses of its own
    /// networks, to see whether they are still there.
    /// </summary>
    public FoundBy By { get; set; } = FoundBy.Any;

    /// <summary>
    /// What the sweep tries: <c>192.168.1</c>, <c>192.168.1.0/24</c>, <c>192.168.1.10-192.168.1.50</c>, <c>192.168.1.10-50</c>,
    /// <c>192.168.1.7</c> or a host name. Empty: the machine's own IPv4 subnets.
    /// </summary>
    public IList<string> Subnets { get; } = [];

    /// <summary>TCP ports that the sweep tries, 1 to 65535. Default 8080.</summary>
    public IList<int> Ports { get; } = [];

    /// <summary>Interfaces to use, by name or address, those included that are left out by default. Empty: see <see
    /// cref="LocalInterface.IsUsed"/>.</summary>
    public IList<string> Interfaces { get; } = [];

    /// <summary>When a scan ends; watching does not. The sweep ends it no earlier. Default 3 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the sweep gives one address to accept a connection and to answer; once more if it turns out to speak TLS. Default
    /// 1 s.</summary>
    public TimeSpan HostTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most connections that the sweep has open at once, 1 to 4,096. Default 512, and less where the process may open fewer
    /// files.</summary>
    public int MaxConnections { get; set; } = 512;

    /// <summary>Most addresses that a sweep tries, all subnets and ports together. Named networks beyond it are an error; own ones are
    /// skipped. Default 4,096.</summary>
    public int MaxAddresses { get; set; } = 4096;

    /// <summary>DNS-SD service type (RFC 6763 section 7). Default <c>_kodama._tcp</c>. Of any type only instances are found whose TXT
    /// record is a hub's (<see cref="HubText"/>).</summary>
    public string ServiceType { get; set; } = Advertisement.DefaultServiceType;

    /// <summary>
    /// While watching: how often found hubs are checked, and how soon the sweep is repeated. Default 5 s. Each sweep tries every address,
    /// which costs a packet to all on the network for each that is not there; so the wait doubles from sweep to sweep up to 5 minutes, and
    /// begins anew with other interfaces, after sleep, and when a hub that had answered is lost.
    /// </summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Hears of what goes wrong and is survived, such as a port 5353 that is refused: without it an empty network and a mute one
    /// look alike. Called on a thread of the pool, one error after another.</summary>
    public Action<DiscoveryError>? Failed { get; set; }
}
