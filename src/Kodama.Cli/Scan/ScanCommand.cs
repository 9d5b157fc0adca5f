using System.CommandLine;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary><c>kodama scan</c>: its options.</summary>
internal sealed class ScanCommand
{
    private readonly Argument<string[]> subnets = new("subnet")
    {
        Description = "Where to look, and nowhere else: 192.168.1, 10.1.2.0/23, 192.168.1.10-50, an address or a host name; "
            + "then nothing is asked by multicast [default: this machine's networks, by both ways]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> watch = new("--watch", "-w") { Description = "Go on until Ctrl-C, and show what comes and goes" };

    private readonly Option<bool> json = new("--json") { Description = "One JSON object per line, for programs" };

    private readonly Option<int[]> ports = new("--port", "-p")
    {
        Description = "TCP port to try on each address; may be repeated [default: 8080]",
        HelpName = "port",
        CustomParser = OptionValue.Ports,
    };

    private readonly Option<TimeSpan?> timeout =
        OptionValue.Time("--timeout", "How long to listen, such as 500ms or 10s; trying all addresses may take longer [default: 3s]");

    private readonly Option<string[]> interfaces =
        OptionValue.Interfaces("Network interface to use, by name or address; may be repeated [default: all but containers and VPNs]");

    private readonly Option<bool> mdnsOnly = new("--mdns-only") { Description = "Ask by multicast only, and try no address" };

    private readonly Option<bool> sweepOnly = new("--sweep-only") { Description = "Try the addresses only, and ask nothing by multicast" };

    private ScanCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        var scan = new ScanCommand();
        var command = new Command("scan", "Find the hubs of the network. Exit code 5 when there is none.")
        {
            scan.subnets, scan.watch, scan.json, scan.ports, scan.timeout, scan.interfaces, scan.mdnsOnly, scan.sweepOnly,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(scan.mdnsOnly) && result.GetValue(scan.sweepOnly))
                result.AddError("--mdns-only and --sweep-only leave nothing to do: give one of them, or none for both ways.");
            else if (result.GetValue(scan.mdnsOnly) && result.GetValue(scan.subnets) is { Length: > 0 })
                result.AddError("--mdns-only tries no address: leave it out, or the subnets.");
        });
        command.SetAction(
            (parsed, _) => ScanRunner.RunAsync(scan.Read(parsed), parsed.GetValue(scan.watch), parsed.GetValue(scan.json), terminal));
        return command;
    }

    private ScanOptions Read(ParseResult parsed)
    {
        var options = new ScanOptions();
        foreach (var subnet in parsed.GetValue(subnets) ?? []) options.Subnets.Add(subnet);
        foreach (var port in parsed.GetValue(ports) ?? []) options.Ports.Add(port);
        foreach (var name in parsed.GetValue(interfaces) ?? []) options.Interfaces.Add(name);
        options.Timeout = parsed.GetValue(timeout) ?? options.Timeout;
        options.By = parsed.GetValue(mdnsOnly) ? FoundBy.Mdns
            : parsed.GetValue(sweepOnly) || options.Subnets.Count > 0 ? FoundBy.Sweep
            : FoundBy.Any;
        return options;
    }
}
