namespace Kodama;

/// <summary>Some entries of a room, in order.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="UpTo">Up to here, and from where it was asked for, there is nothing else that the reader may see.</param>
/// <param name="IsGap">Whether entries are gone between where it was asked for and the first.</param>
/// <param name="HasMore">Whether there are more beyond.</param>
public sealed record EntryPage(IReadOnlyList<Entry> Entries, Position UpTo, bool IsGap, bool HasMore)
{
    /// <summary>Behind here it begins: between it and <see cref="UpTo"/> there is nothing else.</summary>
    public Position From { get; init; }
}
