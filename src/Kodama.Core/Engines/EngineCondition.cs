namespace Kodama;

/// <summary>How it stands with an engine, for people.</summary>
/// <param name="Wrong">What is wrong, and what to do; null while what is published is kept.</param>
/// <param name="Since">Since when it stands so.</param>
/// <param name="Warning">What may be lost all the same; null for nothing.</param>
public sealed record EngineCondition(string? Wrong, DateTimeOffset Since, string? Warning);
