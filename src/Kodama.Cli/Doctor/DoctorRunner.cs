using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Doctor;

/// <summary>Runs the checks in an order in which each explains the next, and says what each has seen.</summary>
internal static class DoctorRunner
{
    // Longer than any hub that is well needs: a slow answer is told as one.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(DoctorOptions options, Terminal terminal)
    {
        using var signals = new StopSignals(TimeProvider.System);
        var report = new Report(terminal);
        try
        {
            await RunAsync(options, report, signals.Stopping);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            terminal.WriteLine();
            return ExitCode.Unwell;
        }
        terminal.WriteLine();
        terminal.WriteLine(
            report.Bad == 0 ? "All is well."
            : report.Bad == 1 ? "One thing is wrong; see \"bad\" above."
            : $"{report.Bad} things are wrong; see \"bad\" above.");
        return report.Bad == 0 ? ExitCode.Ok : ExitCode.Unwell;
    }

    private static async Task RunAsync(DoctorOptions options, Report report, CancellationToken cancellationToken)
    {
        // A mistyped address is said before anything else is done.
        var place = options.Hub is null ? null : HubPlace.TryParse(options.Hub);
        var interfaces = LocalInterfaces.List([.. options.Interfaces]);

        report.Heading("Network interfaces");
        foreach (var finding in InterfaceCheck.Run(interfaces)) report.Write(finding);

        report.Heading("Multicast (mDNS)");
        var (multicast, othersHeard) = await MulticastCheck.RunAsync(interfaces, cancellationToken);
        foreach (var finding in multicast) report.Write(finding);
        if (multicast.Count == 0) report.Write(Finding.Note("There is no interface to try it on."));

        report.Heading("Ports and firewalls of this machine");
        foreach (var finding in await PortCheck.RunAsync(interfaces, cancellationToken)) report.Write(finding);
        var found = await HubSearch.RunAsync(options, place, cancellationToken);
        foreach (var finding in await FirewallCheck.RunAsync(HubSearch.Ports(options, place, found), cancellationToken))
            report.Write(finding);

        report.Heading("Hubs");
        foreach (var finding in HubSearch.Judge(found, othersHeard, interfaces)) report.Write(finding);
        if (options.Hub is null) return;

        // The link that serve prints holds the token, which nobody need see.
        report.Heading($"The hub {(place is null ? Printable.Line(options.Hub) : HubWords.Address(place.Base))}");
        Finding? wrong = null;
        if (place is null) (place, wrong) = HubSearch.Named(found, options.Hub);
        if (wrong is not null) report.Write(wrong);
        if (place is not null) await LookAtAsync(place, options, interfaces, report, cancellationToken);
    }

    private static async Task LookAtAsync(
        HubPlace place, DoctorOptions options, IReadOnlyList<LocalInterface> interfaces, Report report, CancellationToken cancellationToken)
    {
        using var http = new HubHttp(place.Base, AnswerTimeout);
        var (findings, facts) = await HubCheck.RunAsync(place, http, TimeProvider.System, cancellationToken);
        foreach (var finding in findings) report.Write(finding);
        if (facts is null) return;
        if (place.Base.IsLoopback && await PortCheck.ReachAsync(place.Base.Port, interfaces, cancellationToken) is { } reach)
            report.Write(reach);
        foreach (var finding in await WebSocketCheck.RunAsync(
            place, http.Fingerprint, facts, options.Token ?? place.Token, cancellationToken))
        {
            report.Write(finding);
        }
        if (options.Origin is { } origin && await OriginCheck.RunAsync(place, http, origin, cancellationToken) is { } allowed)
            report.Write(allowed);
    }
}
