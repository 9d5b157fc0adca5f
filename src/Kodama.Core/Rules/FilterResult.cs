namespace Kodama;

/// <summary>What a filter does with a message.</summary>
public readonly struct FilterResult
{
    private FilterResult(string? refusal, Payload? replacement)
    {
        Refusal = refusal;
        Replacement = replacement;
    }

    /// <summary>It goes on as it is.</summary>
    public static FilterResult Pass => default;

    /// <summary>Why it goes no further, or null.</summary>
    public string? Refusal { get; }

    /// <summary>What goes on in its place, or null.</summary>
    public Payload? Replacement { get; }

    /// <summary>It goes no further. The text is for logs and for publishers over HTTP; a peer is not told.</summary>
    public static FilterResult Drop(string why) => new(why, null);

    /// <summary>This goes on in its place.</summary>
    public static FilterResult Replace(Payload payload) => new(null, payload);
}
