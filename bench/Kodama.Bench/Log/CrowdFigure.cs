using Kodama.Bench.Compare;
using Kodama.Bench.Load;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Log;

/// <summary>What a crowd of clients of kodama.v1 sees of a hub in a process of its own, on loopback.</summary>
internal abstract class CrowdFigure : LogFigure
{
    // Of the hub and of the load: their runtimes, listeners, and the reserve that a hub keeps.
    private const int OtherDescriptors = 1_000;

    /// <summary>Loads a fresh hub, on core 0, from another process, on core 1.</summary>
    protected static async Task<LoadResult> LoadAsync(
        string mode, int peers, CancellationToken cancellationToken, params string[] arguments)
    {
        var options = new CompareOptions { Scenarios = [], Servers = [], Seconds = 1, Quick = false };
        var stage = new Stage(options, new LogServer(), Repository.Find());
        await using var server = await stage.StartAsync(cancellationToken);
        var load = await stage.LoadAsync(
            server, mode, stage.Server.Path, ["--conns", Text(peers), "--ips", "10", .. arguments], cancellationToken);
        return load.Broken() is { } broken ? throw new LoadException(broken) : load;
    }

    /// <summary>So many peers, or as many as the limit of descriptors leaves room for, and what is to be said of it.</summary>
    protected static (int Peers, string Remark) AsManyAsGo(int peers)
    {
        // "Max open files            20000                20000                files": the runtime has raised the soft limit to the hard
        // one, in this process and in the hub's.
        var limit = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        if (!int.TryParse(limit, System.Globalization.CultureInfo.InvariantCulture, out var most) || most - OtherDescriptors >= peers)
            return (peers, "");
        return (most - OtherDescriptors, $"; **{most - OtherDescriptors} peers only, as ulimit -Hn is {most}**");
    }

    protected static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
