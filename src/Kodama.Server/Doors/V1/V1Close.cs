namespace Kodama.Server;

/// <summary>Close codes of kodama.v1, beside those of <see cref="CloseReason"/>.</summary>
internal static class V1Close
{
    /// <summary>The first frame was no hello. Final: the client speaks something else.</summary>
    public static readonly CloseReason NoHello = new(4400, "The first frame must be a hello: {\"type\":\"hello\"}.");

    /// <summary>It has tried too many tokens that open nothing. Final: it has none that does.</summary>
    public static readonly CloseReason WrongTokens = CloseReason.NotAllowed with
    {
        Text = $"{V1Limits.WrongTokens} joins that brought a token were refused: connect again with the right one.",
    };

    /// <summary>No hello came in time.</summary>
    public static readonly CloseReason HelloTimeout = new(4408, $"No hello came within {V1Limits.HelloTimeout.TotalSeconds} s.");
}
