using Kodama.Discovery;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Discovery;

/// <summary>One scan: <c>started</c>, then <c>found</c> with each <see cref="FoundHub"/>.</summary>
internal sealed class ScanVerb : IVerb
{
    public string Name => "scan";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var arguments = errand.Arguments<ScanArguments>();
        var found = 0;
        errand.Report("started");
        await foreach (var hub in Scanner.ScanAsync(arguments.ToOptions(), stopped))
        {
            errand.Report("found", hub);
            if (++found == arguments.Most) return;
        }
    }
}
