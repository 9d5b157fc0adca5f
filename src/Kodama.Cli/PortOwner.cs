using System.Globalization;

namespace Kodama.Cli;

/// <summary>Which process has a port, where Linux tells it: <c>/proc/net/tcp</c> and <c>udp</c> have the socket's inode,
/// <c>/proc/PID/fd</c> who holds it.</summary>
internal static class PortOwner
{
    // States of sockets, as the kernel numbers them (net/tcp_states.h): listening, and of UDP bound.
    private const string Listening = "0A";
    private const string Bound = "07";

    private static readonly string[] TcpTables = ["/proc/net/tcp", "/proc/net/tcp6"];
    private static readonly string[] UdpTables = ["/proc/net/udp", "/proc/net/udp6"];

    /// <summary>Who listens on a TCP port: name and id such as <c>nginx (process 812)</c>; null where it cannot be known, as for a process
    /// of another user.</summary>
    public static string? Find(int port) => Holders(TcpTables, port, Listening) is [var first, ..] ? first : null;

    /// <summary>The other processes that have a UDP port, which may be shared.</summary>
    public static IReadOnlyList<string> FindUdp(int port) =>
        [.. Holders(UdpTables, port, Bound)
            .Where(holder => !holder.EndsWith($"(process {Environment.ProcessId})", StringComparison.Ordinal))];

    private static IReadOnlyList<string> Holders(string[] tables, int port, string state)
    {
        try
        {
            return [.. Inodes(tables, port, state).Select(inode => Holder($"socket:[{inode}]")).OfType<string>().Distinct()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Columns: number, local address:port, remote, state, queues, timer, retransmits, user, timeout, inode.
    private static IEnumerable<string> Inodes(string[] tables, int port, string state)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return tables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > 9 && columns[1].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == state)
            .Select(columns => columns[9]);
    }

    private static string? Holder(string socket)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            if (Holds(process, socket))
                return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
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
