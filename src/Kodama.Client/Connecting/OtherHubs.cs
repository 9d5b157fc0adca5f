using System.Text.Json;

namespace Kodama.Client.Connecting;

/// <summary>Where the other hubs of a cluster are, as the hub that a client is connected to tells: each by its addresses, the best first.
/// Bounded; what is no address of a hub is left out.</summary>
internal sealed class OtherHubs
{
    private const int MostHubs = 32;
    private const int MostAddresses = 8;
    private const int LongestAddress = 512;

    private OtherHubs(IEnumerable<IEnumerable<string?>> hubs) => Hubs =
    [
        .. from hub in hubs.Take(MostHubs)
           let addresses = hub.Take(MostAddresses).Select(Parse).OfType<Uri>().ToList()
           where addresses.Count > 0
           select (IReadOnlyList<Uri>)addresses,
    ];

    /// <summary>There are none.</summary>
    public static OtherHubs None { get; } = new([]);

    public IReadOnlyList<IReadOnlyList<Uri>> Hubs { get; }

    /// <summary>Of a header: hubs behind commas, their addresses behind spaces.</summary>
    public static OtherHubs Of(string header) =>
        new(header.Split(',').Select(static hub => hub.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Of a frame: a list of lists.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static OtherHubs Of(JsonElement hubs) =>
        new(hubs.EnumerateArray().Select(static hub => hub.EnumerateArray().Select(static address => address.GetString())));

    private static Uri? Parse(string? address) =>
        address is { Length: <= LongestAddress } && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" } ? uri : null;
}
