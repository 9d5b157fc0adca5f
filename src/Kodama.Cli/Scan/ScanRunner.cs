using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>Scans, and shows what is found as it is found.</summary>
internal static class ScanRunner
{
    public static async Task<int> RunAsync(ScanOptions options, bool watch, bool json, Terminal terminal)
    {
        using var signals = new StopSignals(TimeProvider.System);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping, OutputReader.Watch());
        var changes = UntilStoppedAsync(ChangesAsync(options, watch, stopping.Token), stopping.Token);
        int found;
        try
        {
            found = await View(watch, json, terminal).ShowAsync(changes);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
        catch (IOException exception) when (exception.InnerException is SocketException)
        {
            throw new CommandException(ExitCode.NotFound, exception.Message, exception);
        }
        if (found > 0) return ExitCode.Ok;
        if (watch) return ExitCode.Ok;
        if (!stopping.IsCancellationRequested)
        {
            var where = options.Subnets.Count > 0 ? $" in {string.Join(", ", options.Subnets)}" : "";
            terminal.WriteError($"kodama: no hub was found{where}. Is one running (kodama serve), and on this network? "
                + "kodama scan --watch waits until one comes, kodama doctor says what may be in the way.");
        }
        return ExitCode.NotFound;
    }

    private static IScanView View(bool watch, bool json, Terminal terminal) =>
        json ? new JsonScanView(terminal, watch)
        : terminal.IsInteractive ? new TableScanView(terminal, watch) : new LineScanView(terminal, watch);

    private static async IAsyncEnumerable<HubChange> ChangesAsync(
        ScanOptions options, bool watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (watch)
        {
            await foreach (var change in Scanner.WatchAsync(options, cancellationToken)) yield return change;
        }
        else
        {
            // A cluster is told with all its addresses, when they are known.
            var clusters = new Dictionary<(string, string?, string), FoundHub>();
            await foreach (var hub in Scanner.ScanAsync(options, cancellationToken))
            {
                if (hub.Cluster is null) yield return new HubChange(HubChangeKind.Found, hub);
                else clusters[(hub.Id, hub.CertificateFingerprint, hub.Path)] = hub;
            }
            foreach (var cluster in clusters.Values) yield return new HubChange(HubChangeKind.Found, cluster);
        }
    }

    // Ctrl-C is an end like another: what was found has been found.
    private static async IAsyncEnumerable<HubChange> UntilStoppedAsync(
        IAsyncEnumerable<HubChange> changes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var enumerator = changes.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await enumerator.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                yield break;
            }
            yield return enumerator.Current;
        }
    }
}
