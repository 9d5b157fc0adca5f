namespace Kodama;

/// <summary>How something is published.</summary>
/// <param name="Id">What makes it idempotent; null for nothing.</param>
/// <param name="IsTransient">Whether it takes no place and is not kept: for those who are there now.</param>
/// <param name="Token">What a publisher that is in no room has brought for the rules of this one.</param>
public readonly record struct PublishOptions(PublishId? Id = null, bool IsTransient = false, string? Token = null);
