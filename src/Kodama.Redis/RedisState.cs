namespace Kodama.Redis;

/// <summary>How it stands with Redis, for people.</summary>
/// <param name="IsUp">Whether what is published can be kept.</param>
/// <param name="Text">What is wrong, and what to do; null where nothing is.</param>
/// <param name="Since">Since when it stands so.</param>
/// <param name="Durability">What may be lost when Redis ends without warning; null where nothing acknowledged is.</param>
public sealed record RedisState(bool IsUp, string? Text, DateTimeOffset Since, string? Durability);
