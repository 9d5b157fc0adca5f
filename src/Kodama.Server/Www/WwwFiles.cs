using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Kodama.Server;

/// <summary>Which files of a folder anyone may read (docs/specs/http.md, Pages of one's own).</summary>
/// <param name="folder">Absolute, and itself no link.</param>
internal sealed class WwwFiles(string folder) : IFileProvider
{
    public IFileInfo GetFileInfo(string subpath) =>
        Find(subpath) is { } path && new FileInfo(path) is { Exists: true } file && IsOpen(file.Attributes)
            ? new WwwFile(file)
            : new NotFoundFileInfo(subpath);

    /// <summary>Whether there is such a folder.</summary>
    public bool HasFolder(string subpath) => Find(subpath) is { } path && Directory.Exists(path);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    // Links may lead about within the folder, and nowhere else.
    private string? Find(string subpath)
    {
        // Not of a path that begins with two slashes: where it is led to its end, that would be another host.
        var segments = subpath[(subpath.StartsWith('/') ? 1 : 0)..].Split('/');
        if (!Array.TrueForAll(segments, IsOpen)) return null;
        var path = Path.Combine([folder, .. segments]);
        // A name that the system takes for another one, such as a device of Windows.
        if (Path.GetFullPath(path) != path || RealPath.Of(path) is not { } real) return null;
        var inside = Path.GetRelativePath(folder, real);
        return !Path.IsPathRooted(inside) && Array.TrueForAll(inside.Split(Path.DirectorySeparatorChar), IsOpen) ? real : null;
    }

    private static bool IsOpen(string name) =>
        name.Length > 0 && name[0] != '.' && name[^1] is not ('.' or ' ')
        // A slash that a server leaves encoded; separators, drives and streams of Windows; its short names, and editors' copies.
        && !name.Contains("%2f", StringComparison.OrdinalIgnoreCase) && name.AsSpan().IndexOfAny('\\', ':', '~') < 0
        && !name.Any(char.IsControl)
        // Secrets of the hub stand in it, and in copies of it.
        && !(name.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase)
            && name.Contains(".json", StringComparison.OrdinalIgnoreCase));

    private static bool IsOpen(FileAttributes attributes) => (attributes & (FileAttributes.Hidden | FileAttributes.System)) == 0;
}
