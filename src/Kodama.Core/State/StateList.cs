namespace Kodama;

/// <summary>The state of a room at a position: it and the entries behind it are the whole truth.</summary>
/// <param name="Keys">The last entry of each key, in the order in which they changed.</param>
/// <param name="Position">Behind which entry.</param>
public sealed record StateList(IReadOnlyList<Entry> Keys, Position Position);
