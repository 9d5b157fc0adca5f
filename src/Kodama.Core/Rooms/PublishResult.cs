namespace Kodama;

/// <summary>What became of something that was published.</summary>
/// <param name="Offset">Its place in the room; 0 if it has none (yet).</param>
/// <param name="Receivers">To how many peers it was handed so far.</param>
/// <param name="Refusal">Why it was refused, or null.</param>
public readonly record struct PublishResult(long Offset, int Receivers, string? Refusal = null)
{
    /// <summary>Why it was refused, for programs.</summary>
    public RefusalCode Code { get; init; }

    /// <summary>Ends when the room's engine has kept it, or could not; null where that has been decided. Only who owes an acknowledgement waits.</summary>
    public Task<PublishResult>? Pending { get; init; }

    /// <summary>Whether it was published before under the same id.</summary>
    public bool IsDuplicate { get; init; }

    internal static PublishResult Refused(RefusalCode code, string text) => new(0, 0, text) { Code = code };
}
