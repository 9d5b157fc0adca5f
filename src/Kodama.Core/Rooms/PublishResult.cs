namespace Kodama;

/// <summary>What became of a message that was published.</summary>
/// <param name="Offset">Its number in the room, or 0 if it was not published.</param>
/// <param name="Receivers">To how many peers it was handed.</param>
/// <param name="Refusal">Why it was dropped, by a filter or since its sender is not in the room; or null.</param>
public readonly record struct PublishResult(long Offset, int Receivers, string? Refusal = null);
