namespace Kodama;

/// <summary>What a door keeps with an entry for its own clients, such as what they say of a message that no other door knows. Formats that
/// do not read notes pass it over.</summary>
/// <param name="bytes">In a form of the door's own; not changed any more.</param>
/// <param name="isAside">Whether the entry is told by formats that read notes alone: an aside among the clients of one door.</param>
public sealed class Note(ReadOnlyMemory<byte> bytes, bool isAside = false)
{
    /// <summary>In a form of the door's own.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Whether the entry is told by formats that read notes alone.</summary>
    public bool IsAside => isAside;

    /// <summary>Whether both say the same.</summary>
    public static bool AreSame(Note? one, Note? other) =>
        one is null || other is null ? one == other : one.IsAside == other.IsAside && one.Bytes.Span.SequenceEqual(other.Bytes.Span);
}
