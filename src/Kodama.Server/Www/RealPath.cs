namespace Kodama.Server;

/// <summary>Where a path leads when every symbolic link on its way is followed, as realpath(3) has it.</summary>
internal static class RealPath
{
    // As many as Linux follows (path_resolution(7)).
    private const int MostLinks = 40;

    /// <summary>Null, where links lead in circles. What does not exist stays as it is written.</summary>
    public static string? Of(string path)
    {
        path = Path.GetFullPath(path);
        var current = Path.GetPathRoot(path)!;
        var ahead = new Stack<string>();
        Push(ahead, path[current.Length..]);
        for (var links = 0; ahead.TryPop(out var segment);)
        {
            if (segment is "" or ".") continue;
            if (segment is "..")
            {
                // Not a matter of text: what is current has no link in it any more.
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }
            var next = Path.Combine(current, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }
            if (++links > MostLinks) return null;
            if (Path.IsPathRooted(target)) current = Path.GetPathRoot(Path.GetFullPath(target))!;
            Push(ahead, Path.IsPathRooted(target) ? Path.GetFullPath(target)[current.Length..] : target);
        }
        return current;
    }

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (var segment in path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse()) ahead.Push(segment);
    }
}
