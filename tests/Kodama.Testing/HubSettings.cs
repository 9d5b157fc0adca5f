namespace Kodama.Testing;

/// <summary>What a test asks of its hub: each an option of <c>kodama serve</c>.</summary>
public sealed record HubSettings
{
    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    public string Name { get; init; } = "Lounge";

    public string? Token { get; init; }

    public string? AdminToken { get; init; }

    /// <summary>The folder in which rooms outlive it.</summary>
    public string? Data { get; init; }

    public int? MaxPeers { get; init; }

    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>How long it may take to start; null for the deadline of all tests.</summary>
    public TimeSpan? Patience { get; init; }

    public bool Advertises { get; init; } = true;

    /// <summary>Options that have no word on the command line, as environment variables: <c>Kodama__Log__Messages</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
