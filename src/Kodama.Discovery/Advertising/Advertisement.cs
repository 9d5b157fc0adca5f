namespace Kodama.Discovery;

/// <summary>What an <c>Advertiser</c> tells the network: one DNS-SD service instance (RFC 6763).</summary>
public sealed record Advertisement
{
    /// <summary>The type of hubs.</summary>
    public const string DefaultServiceType = "_kodama._tcp";

    /// <summary>
    /// Most bytes of <see cref="Text"/>, each pair counted with its <c>=</c> and one byte of length. With the other records it then fits
    /// into one packet of 1,452 bytes, which costs no second question.
    /// </summary>
    public const int MaxText = 1100;

    /// <summary>Name of the instance for people, 1 to 63 bytes of UTF-8; a longer one is cut. Taken already: it becomes "Name
    /// (2)".</summary>
    public required string Name { get; init; }

    /// <summary>TCP port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Service type. Default <see cref="DefaultServiceType"/>.</summary>
    public string ServiceType { get; init; } = DefaultServiceType;

    /// <summary>Key and value pairs of the TXT record, in order (RFC 6763 section 6); for a hub made by <see cref="HubText.Encode"/>. At
    /// most <see cref="MaxText"/> bytes.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Text { get; init; } = [];
}
