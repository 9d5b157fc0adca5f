namespace Kodama;

/// <summary>Some entries of a room, in order.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="From">Behind here it begins: between it and <paramref name="UpTo"/> there is nothing else that the reader may see.</param>
/// <param name="UpTo">Up to here it goes.</param>
/// <param name="IsGap">Whether entries are gone between where it was asked for and the first.</param>
/// <param name="HasMore">Whether there are more beyond.</param>
public sealed record EntryPage(IReadOnlyList<Entry> Entries, Position From, Position UpTo, bool IsGap, bool HasMore);
