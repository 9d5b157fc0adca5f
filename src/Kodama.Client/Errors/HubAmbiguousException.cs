using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>Several hubs claim the name, and a token is to be sent that no pinned certificate protects. Nothing was sent to any of
/// them.</summary>
public sealed class HubAmbiguousException : KodamaClientException
{
    private const int MaxHubs = 32;

    internal HubAmbiguousException(string name, IReadOnlyList<FoundHub> hubs)
        : base($"Several hubs call themselves \"{name}\", and only one should see the token: "
            + $"{string.Join(", ", hubs.Take(MaxHubs).Select(Describe))}. "
            + "Connect to the address of the right one, or pin its certificate (CertificateFingerprint).")
    {
        Name = name;
        Hubs = [.. hubs.Take(MaxHubs)];
    }

    /// <summary>The name that was looked for.</summary>
    public string Name { get; }

    /// <summary>The hubs that claim it, with their addresses and ids; at most 32 of them.</summary>
    public IReadOnlyList<FoundHub> Hubs { get; }

    private static string Describe(FoundHub hub)
    {
        var certificate = hub.CertificateFingerprint is { } fingerprint ? $", certificate {fingerprint}" : "";
        return RemoteText.Printable($"{hub.Address.Scheme}://{hub.Address.Authority} (id {hub.Id}{certificate})");
    }
}
