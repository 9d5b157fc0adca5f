using Kodama.Discovery;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Discovery;

/// <summary>Watches until stopped: <c>started</c>, then <c>Found</c>, <c>Changed</c> and <c>Lost</c> with the <see
/// cref="FoundHub"/>.</summary>
internal sealed class WatchVerb : IVerb
{
    public string Name => "watch";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var options = errand.Arguments<ScanArguments>().ToOptions();
        errand.Report("started");
        await foreach (var change in Scanner.WatchAsync(options, stopped)) errand.Report(change.Kind.ToString(), change.Hub);
    }
}
