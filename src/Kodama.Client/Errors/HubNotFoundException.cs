namespace Kodama.Client;

/// <summary>No hub of this name was found on the network.</summary>
public sealed class HubNotFoundException : KodamaClientException
{
    internal HubNotFoundException(string name, IReadOnlyList<string> found)
        : base($"No hub called \"{name}\" was found on this network. {Others(found)}")
    {
        Name = name;
        Found = found;
    }

    /// <summary>The name that was looked for.</summary>
    public string Name { get; }

    /// <summary>The names of the hubs that were found instead; at most 32 of them.</summary>
    public IReadOnlyList<string> Found { get; }

    private static string Others(IReadOnlyList<string> found) => found.Count == 0
        ? "No other was found either: is it running, and on the same network?"
        : $"Found were: {string.Join(", ", found.Select(n => $"\"{n}\""))}.";
}
