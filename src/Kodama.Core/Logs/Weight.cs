namespace Kodama;

/// <summary>About what things take in memory that a log keeps alive, in bytes.</summary>
internal static class Weight
{
    // Header, type and length, rounded up.
    private const int Text = 24;

    // A dictionary with its arrays, and of each pair the place and two texts without their characters.
    private const int Dictionary = 160;
    private const int Pair = 40 + (2 * Text);

    public static int Of(string? text) =>
        text is null || ReferenceEquals(text, Message.DefaultEvent) ? 0 : Text + (sizeof(char) * text.Length);

    public static int Of(Author? author)
    {
        if (author is null) return 0;
        const int itself = 32;
        var pairs = author.Details.Count;
        return itself + Text + (sizeof(char) * author.Size) + (pairs == 0 ? 0 : Dictionary + (pairs * Pair));
    }

    public static int Of(IReadOnlySet<string>? audience)
    {
        const int id = 96;
        return audience is null ? 0 : Dictionary + (audience.Count * id);
    }

    public static int Of(Note? note) => note is null ? 0 : (2 * Text) + 24 + note.Bytes.Length;

    public static int Of(int[]? lengths) => lengths is null ? 0 : Text + (sizeof(int) * lengths.Length);
}
