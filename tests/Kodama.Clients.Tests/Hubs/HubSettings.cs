namespace Kodama.Clients.Tests.Hubs;

/// <summary>What a test asks of its hub: each an option of <c>kodama serve</c>.</summary>
internal sealed record HubSettings
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
}
