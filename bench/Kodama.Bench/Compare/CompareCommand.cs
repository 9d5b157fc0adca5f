using System.CommandLine;
using System.CommandLine.Parsing;
using Kodama.Bench.Scenarios;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Compare;

internal static class CompareCommand
{
    /// <summary>Servers of raw WebSockets, or of something like it.</summary>
    public static Command Create() => Create("compare", "", Scenario.All, BenchServer.All, "Compares servers");

    /// <summary>Servers of Socket.IO.</summary>
    public static Command CreateSocketIO() =>
        Create("socketio", "-socketio", Scenario.SocketIO, SocketIOServer.All, "Compares servers of Socket.IO");

    /// <summary>The Pusher door beside the raw one.</summary>
    public static Command CreatePusher() =>
        Create("pusher", "-pusher", Scenario.Pusher, DoorServer.Pusher, "Compares the Pusher door with the raw one");

    /// <summary>The Ably door beside the raw one.</summary>
    public static Command CreateAbly() =>
        Create("ably", "-ably", Scenario.Ably, DoorServer.Ably, "Compares the Ably door with the raw one");

    /// <summary>WebSockets over TLS.</summary>
    public static Command CreateTls()
    {
        var before = new Option<FileInfo>("--before") { Description = "An earlier build of kodama.dll to run beside, as \"before\"" };
        before.AcceptExistingOnly();
        var command = Create("tls", "-tls", Scenario.Tls, TlsServer.Beside(null), "Compares servers over TLS", result =>
            TlsServer.Beside(result.GetValue(before)?.FullName));
        command.Add(before);
        return command;
    }

    private static Command Create(
        string name, string suffix, IReadOnlyList<Scenario> scenarios, IReadOnlyList<BenchServer> all, string what,
        Func<ParseResult, IReadOnlyList<BenchServer>>? allOf = null)
    {
        var only = Choice("--only", scenarios, s => s.Name, "Scenarios");
        var servers = Choice("--servers", all, s => s.Name, "Servers");
        var seconds = new Option<double?>("--seconds") { Description = "Seconds that each load is measured, 0.1 to 60 (default 5)" };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is < 0.1 or > 60)
                result.AddError("--seconds must be 0.1 to 60.");
        });
        var quick = new Option<bool>("--quick") { Description = "Small and short, to see that everything works; writes no results" };
        var wsload = new Option<FileInfo>("--wsload") { Description = "The load generator in C++ to use instead of the built-in one" };
        wsload.AcceptExistingOnly();

        var command = new Command(name, $"{what}, each on core 0 with the load on core 1, and writes a table to bench/results.")
        {
            only, servers, seconds, quick, wsload,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var isQuick = result.GetValue(quick);
            var comparison = new Comparison(new CompareOptions
            {
                Scenarios = result.GetValue(only) ?? scenarios,
                Servers = result.GetValue(servers) ?? allOf?.Invoke(result) ?? all,
                Seconds = result.GetValue(seconds) ?? (isQuick ? 1 : 5),
                Quick = isQuick,
                Suffix = suffix,
                Wsload = result.GetValue(wsload)?.FullName,
            });
            return comparison.RunAsync(cancellationToken);
        });
        return command;
    }

    private static Option<IReadOnlyList<T>> Choice<T>(string name, IReadOnlyList<T> all, Func<T, string> nameOf, string what)
    {
        var names = string.Join(',', all.Select(nameOf));
        return new Option<IReadOnlyList<T>>(name)
        {
            Description = $"{what}, separated by commas (default {names})",
            CustomParser = Parse,
        };

        IReadOnlyList<T>? Parse(ArgumentResult result)
        {
            var wanted = result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (wanted.FirstOrDefault(w => !all.Select(nameOf).Contains(w)) is { } unknown)
                result.AddError($"{name}: \"{unknown}\" is none of {names}.");
            return [.. all.Where(a => wanted.Contains(nameOf(a)))];
        }
    }
}
