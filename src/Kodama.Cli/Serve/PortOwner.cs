using System.Globalization;

namespace Kodama.Cli.Serve;

/// <summary>Which process listens on a port, where Linux tells it: <c>/proc/net/tcp</c> has the socket's inode, <c>/proc/PID/fd</c> who holds it.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Name and id such as <c>nginx (process 812)</c>; null where it cannot be known, as for a process of another user.</summary>
    public static string? Find(int port)
    {
        try
        {
            return Inode(port) is { } inode ? Holder($"socket:[{inode}]") : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Columns: number, local address:port, remote, state, queues, timer, retransmits, user, timeout, inode.
    private static string? Inode(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return SocketTables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(columns => columns.Length > 9 && columns[1].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == Listening)?[9];
    }

    private static string? Holder(string socket)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            if (Holds(process, socket)) return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
        }
        return null;
    }

    private static bool Holds(string process, string socket)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(fd => new FileInfo(fd).LinkTarget == socket);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
