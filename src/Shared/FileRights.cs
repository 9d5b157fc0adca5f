namespace Kodama;

/// <summary>Folders and files that nobody else on this machine may read, where the system knows such rights by mode.</summary>
internal static class FileRights
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Makes a folder, and those above it, where there is none. One that is there keeps its rights.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Mine | UnixFileMode.UserExecute);
    }

    /// <summary>How to open a file that is its owner's alone if it is made by that. One that is there keeps its rights.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = Mine;
        return options;
    }

    /// <summary>Whether others may do anything with a file.</summary>
    public static bool AreOthers(string file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;
}
