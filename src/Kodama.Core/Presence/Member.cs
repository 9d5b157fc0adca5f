namespace Kodama;

/// <summary>Somebody who is present in a room.</summary>
/// <param name="Author">Who.</param>
/// <param name="Data">What it says of itself there: JSON in UTF-8.</param>
/// <param name="Offset">Of the entry that says so.</param>
/// <param name="Time">When.</param>
public sealed record Member(Author Author, Payload Data, long Offset, DateTimeOffset Time)
{
    /// <summary>Its id: the author's, and behind a slash a name, where the author is several (<see cref="MemberRole"/>).</summary>
    public required string Id { get; init; }

    /// <summary>By what its author knows the entry again that says so, or null.</summary>
    public string? EntryId { get; init; }

    /// <summary>What its door keeps beside it, or null.</summary>
    public Note? Note { get; init; }
}

/// <summary>The members of a room at a position: they and the entries behind it are the whole truth.</summary>
/// <param name="Members">In the order in which they changed.</param>
/// <param name="Position">Behind which entry.</param>
public sealed record MemberList(IReadOnlyList<Member> Members, Position Position);
