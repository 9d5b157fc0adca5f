namespace Kodama.Network.Agent.Discovery;

public sealed record AdvertiseArguments(string Name, int Port = 8080)
{
    /// <summary>Random if null, as a hub's.</summary>
    public string? Id { get; init; }

    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Interfaces { get; init; } = [];

    public string? HostName { get; init; }
}
