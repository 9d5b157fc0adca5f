namespace Kodama.Sqlite;

/// <summary>Folders and files that nobody else on this machine may read, where the system knows such rights by mode.</summary>
internal static class FileRights
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Entering = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Reading = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes a folder, and those above it, where there is none. One that is there keeps its rights.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Mine | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file for itself alone, and makes it where there is none.</summary>
    public static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
        return new FileStream(path, options);
    }

    /// <summary>The file's rights, where others may come to it and read it.</summary>
    public static UnixFileMode? OfOthers(string folder, string file)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(folder) & Entering) == 0) return null;
        var rights = File.GetUnixFileMode(file);
        return (rights & Reading) == 0 ? null : rights;
    }
}
