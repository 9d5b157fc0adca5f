using Kodama.Pusher;

namespace Kodama.Cli.Serve;

/// <summary>The app that the hub has made for itself, as <c>ID:KEY:SECRET</c> in the folder of its data, so that clients find it again.
/// Nobody else on this machine may read it, where the system knows such rights by mode.</summary>
internal static class PusherAppFile
{
    private const string Name = "pusher-app";
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The app of this folder, or a new one that is kept there.</summary>
    /// <exception cref="CommandException">What is there is no app, or nothing can be kept there.</exception>
    public static PusherApp ReadOrMake(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), Name);
        try
        {
            if (File.Exists(path)) return PusherApp.Parse(File.ReadAllText(path).Trim());
            var made = PusherApp.Create();
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            else Directory.CreateDirectory(Path.GetDirectoryName(path)!, Mine | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
            using var file = new StreamWriter(path, options);
            file.WriteLine($"{made.Id}:{made.Key}:{made.Secret}");
            return made;
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.BadData, $"{path} holds no app of Pusher's: remove it, and another is made.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadData, $"{path} cannot be used ({exception.Message.TrimEnd('.')}): give a folder that this user may write.",
                exception);
        }
    }
}
