namespace Kodama.Cli.Serve;

/// <summary>A secret that the hub has made for itself, in the folder of its data, so that clients find it again. Nobody else on this
/// machine may read it, where the system knows such rights by mode.</summary>
internal static class SecretFile
{
    /// <summary>The one of this folder and name, or a new one that is kept there.</summary>
    /// <exception cref="CommandException">What is there is no <paramref name="what"/>, or nothing can be kept there.</exception>
    public static T ReadOrMake<T>(
        string folder, string name, string what, Func<string, T> parse, Func<T> make, Func<T, string> write)
    {
        var path = Path.Combine(Path.GetFullPath(folder), name);
        try
        {
            if (File.Exists(path)) return parse(File.ReadAllText(path).Trim());
            var made = make();
            FileRights.MakeFolder(Path.GetDirectoryName(path)!);
            using var file = new StreamWriter(path, FileRights.Options(FileMode.CreateNew, FileAccess.Write));
            file.WriteLine(write(made));
            return made;
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.BadData, $"{path} holds no {what}: remove it, and another is made.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadData, $"{path} cannot be used ({exception.Message.TrimEnd('.')}): give a folder that this user may write.",
                exception);
        }
    }
}
