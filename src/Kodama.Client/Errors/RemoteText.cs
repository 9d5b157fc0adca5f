namespace Kodama.Client;

/// <summary>What others have written, on its way into a message that ends on someone's terminal.</summary>
internal static class RemoteText
{
    private const int MaxLength = 1024;

    /// <summary>Bounded, and without control characters.</summary>
    public static string Printable(string text) => string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) ? ' ' : c));
}
