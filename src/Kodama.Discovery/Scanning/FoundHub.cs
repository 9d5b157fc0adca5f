namespace Kodama.Discovery;

/// <summary>A hub that a scan has found. What it says of itself comes from the network: anyone there may claim any name.</summary>
public sealed record FoundHub
{
    /// <summary>Random per start of the hub, so that one found twice is told from two. A hub that speaks http and https is found as two of
    /// the same id, told apart by <see cref="CertificateFingerprint"/>. <c>host:port</c> for servers that have none
    /// (<c>local_websocket</c>).</summary>
    public required string Id { get; init; }

    /// <summary>The cluster of which it is, that is, of hubs which share their rooms: 16 hexadecimal digits, and <see cref="Id"/> then too;
    /// null for none. Its hubs are one, with the addresses of all; those whose certificate or path is another, as far as they are
    /// alike.</summary>
    public string? Cluster { get; init; }

    /// <summary>The hub's name, as people read it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it answers, best first: <c>http://192.168.1.20:8080/</c>; all by https if it has a <see
    /// cref="CertificateFingerprint"/>, else all by http. Never empty; IPv6 link-local ones carry their scope.</summary>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    /// <summary>Path of its WebSocket endpoint: <c>/ws</c>.</summary>
    public string Path { get; init; } = "/ws";

    /// <summary>SHA-256 of its certificate in lower-case hexadecimal, which is what a client pins; null if its <see cref="Addresses"/> are
    /// http.</summary>
    public string? CertificateFingerprint { get; init; }

    /// <summary>What it tells of itself; over mDNS as much as fits into the record. Raw: any character, so mind where it is shown or
    /// put.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>From the question to its answer; zero for one that told of itself unasked.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How it was found, so far.</summary>
    public FoundBy FoundBy { get; init; }

    /// <summary>The best of <see cref="Addresses"/>.</summary>
    public Uri Address => Addresses[0];
}
