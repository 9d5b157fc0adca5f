namespace Kodama;

/// <summary>Some entries of a room, in order, and up to where a reader that has them is complete.</summary>
/// <param name="Entries">The entries; may be fewer than the offsets between <paramref name="After"/> and <paramref name="UpTo"/>.</param>
/// <param name="After">Behind which offset they begin.</param>
/// <param name="UpTo">Up to which offset there is nothing else.</param>
/// <param name="Forgotten">Removals up to this offset are not all there any more; 0 where no keys are asked for.</param>
internal sealed record Page(IReadOnlyList<Entry> Entries, long After, long UpTo, long Forgotten);
