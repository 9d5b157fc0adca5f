namespace Kodama.Testing;

/// <summary>Code in markdown, to be compared with what is compiled.</summary>
public static class MarkdownCode
{
    private const string Fence = "```";

    /// <summary>The block of C# that begins so, without indentation.</summary>
    public static string Block(string markdown, string beginning)
    {
        var fence = $"{Fence}csharp\n";
        var start = markdown.IndexOf(fence + beginning, StringComparison.Ordinal);
        if (start < 0) throw new InvalidOperationException($"No block of C# begins with {beginning}.");
        start += fence.Length;
        return WithoutIndentation(markdown[start..markdown.IndexOf(Fence, start, StringComparison.Ordinal)]);
    }

    public static string WithoutIndentation(string code) => string.Join('\n', code.Split('\n').Select(line => line.TrimStart()));
}
