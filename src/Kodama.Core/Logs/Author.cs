namespace Kodama;

/// <summary>Who said it, as entries keep it when the peer has gone.</summary>
/// <param name="id">Of the peer's session, or else of the peer.</param>
/// <param name="details">What it said of itself.</param>
public sealed class Author(string id, IReadOnlyDictionary<string, string> details)
{
    /// <summary>The session's public id, which lasts over reconnections; of peers without a session, the peer's.</summary>
    public string Id => id;

    /// <summary>What it said of itself.</summary>
    public IReadOnlyDictionary<string, string> Details => details;

    /// <summary>The detail <c>name</c>, if there is one.</summary>
    public string? Name => details.GetValueOrDefault("name");

    /// <summary>Characters of its id and details.</summary>
    internal int Size { get; } = id.Length + details.Sum(static detail => detail.Key.Length + detail.Value.Length);
}
