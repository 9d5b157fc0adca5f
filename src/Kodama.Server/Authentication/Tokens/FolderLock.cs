namespace Kodama.Server;

/// <summary>Lets one at a time write in a folder, of all processes of this machine. Who reads needs none.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for whoever has it, 5 s at most.</summary>
    /// <exception cref="IOException">Somebody has it still, or the folder cannot be used.</exception>
    public static IDisposable Take(string folder)
    {
        // Only None is exclusive where there is flock(2).
        var options = FileRights.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), options);
            }
            catch (IOException exception)
                when (exception is not (DirectoryNotFoundException or PathTooLongException) && Environment.TickCount64 < end)
            {
                Thread.Sleep(Pace);
            }
        }
    }
}
