using System.Diagnostics;
using System.Globalization;
using Kodama.Bench.Compare;
using Kodama.Bench.Load;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Soak;

/// <summary>Warms a hub up, looks what it holds, lets the storm loose, and looks again when all have gone.</summary>
internal sealed class SoakRun(SoakOptions options)
{
    private const int MostFaults = 20;

    // An error with its stack trace is one line.
    private const int MaxLine = 400;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    // A Socket.IO session that says nothing more is let go after 45 s.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SettlingDeadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The exit code: 0 where everybody healthy heard everything and the hub holds no more than before, 1 if not, 2 if it did not run.
    /// </summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await RunningServer.StartAsync(new SoakHub(), echo: false, Repository.Find(), cancellationToken);
            using var wire = new Wire(server.Port, 0);
            Line($"{options.Peers} peers of {Door.All.Count} doors for {options.Duration}, seed {options.Seed}");
            Line($"Warming up for {WarmUp.TotalSeconds} s, and settling for {Settling.TotalSeconds} s");
            List<string> faults = [.. await StormAsync(server, wire, WarmUp, cancellationToken)];
            await Task.Delay(Settling, cancellationToken);
            var start = await Vitals.ReadAsync(wire.Http, server.ProcessId, collect: true, cancellationToken);
            faults.AddRange(await StormAsync(server, wire, options.Duration, cancellationToken));
            Line($"Settling, for at most {SettlingDeadline.TotalSeconds} s");
            var end = await SettledAsync(server, wire, start, cancellationToken);

            Print(start, end);
            faults.AddRange(server.Errors.Select(error => $"The hub logged: {error}"));
            foreach (var fault in faults.Take(MostFaults))
                Line($"FAULT {(fault.Length <= MaxLine ? fault : fault[..MaxLine] + "...")}");
            if (faults.Count > MostFaults)
                Line($"and {faults.Count - MostFaults} more");
            return faults.Count == 0 && end.IsAsBefore(start) ? 0 : 1;
        }
        catch (Exception e) when (e is LoadException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private async Task<IReadOnlyList<string>> StormAsync(
        RunningServer server, Wire wire, TimeSpan duration, CancellationToken cancellationToken)
    {
        var tally = new StormTally();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var witnesses = new Witnesses(server.Port, options.Seed);
        var faults = await witnesses.RunAsync(StormingAsync, cancellationToken);
        server.EnsureRunning();
        Line($"Lives: {tally}. Witnesses: {Witnesses.Count}, who heard {witnesses.Heard:N0} messages of one another");
        return [.. faults, .. tally.Faults()];

        async Task StormingAsync()
        {
            var storm = new Storm(server.Port, options.Peers - Witnesses.Count, options.Seed, tally).RunAsync(stopping.Token);
            var since = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(since) < duration)
            {
                var left = duration - Stopwatch.GetElapsedTime(since);
                await Task.Delay(left < Interval ? left : Interval, cancellationToken);
                server.EnsureRunning();
                var now = await Vitals.ReadAsync(wire.Http, server.ProcessId, collect: false, cancellationToken);
                Line($"{Stopwatch.GetElapsedTime(since):mm\\:ss} {tally.Lives} lives; now {now}");
            }
            await stopping.CancelAsync();
            await storm;
        }
    }

    private static async Task<Vitals> SettledAsync(RunningServer server, Wire wire, Vitals start, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(Interval, cancellationToken);
            var now = await Vitals.ReadAsync(wire.Http, server.ProcessId, collect: true, cancellationToken);
            if (now.IsAsBefore(start) || Stopwatch.GetElapsedTime(since) > SettlingDeadline)
                return now;
        }
    }

    private static void Print(Vitals start, Vitals end)
    {
        Line($"");
        Line($"| the hub's | start | end | may grow by | because | |");
        Line($"|---|---|---|---|---|---|");
        foreach (var (name, value, mayGrow, because) in Vitals.Bounds)
        {
            var isWithin = value(end) <= value(start) + mayGrow;
            Line($"| {name} | {value(start):0.##} | {value(end):0.##} | {mayGrow} | {because} | {(isWithin ? "ok" : "**grew**")} |");
        }
    }

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
