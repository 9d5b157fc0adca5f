namespace Kodama;

/// <summary>As what a peer is a member, by doors whose clients can be several. The entry of a leave has a named member's data, and its note
/// where it has none of its own.</summary>
/// <param name="Name">Which of its members: 1 to <see cref="MaxName"/> characters. Null for itself.</param>
/// <param name="Note">What the door keeps with it, or with its leave; null for nothing.</param>
/// <param name="IsToldAgain">Whether to enter once more with the same data is told too, where that would change nothing.</param>
public readonly record struct MemberRole(string? Name, Note? Note = null, bool IsToldAgain = false)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 255;

    /// <summary>The member's name in its id; null, where it is its author itself.</summary>
    public static string? NameIn(string memberId, string authorId) =>
        memberId.Length > authorId.Length + 1 && memberId.StartsWith(authorId, StringComparison.Ordinal) && memberId[authorId.Length] == '/'
            ? memberId[(authorId.Length + 1)..]
            : null;

    /// <summary>The member's id: its author's, and behind a slash the name.</summary>
    internal string KeyOf(Author author) => Name is null ? author.Id : $"{author.Id}/{Name}";
}
