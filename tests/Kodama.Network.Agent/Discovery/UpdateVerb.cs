using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Discovery;

/// <summary>Changes the details of what <see cref="AdvertiseVerb"/> advertises.</summary>
internal sealed class UpdateVerb(AdvertiseVerb advertised) : IVerb
{
    public string Name => "update";

    public Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var (name, details) = errand.Arguments<UpdateArguments>();
        advertised.Update(name, details);
        return Task.CompletedTask;
    }
}

/// <param name="Name">As it was asked for.</param>
public sealed record UpdateArguments(string Name, IReadOnlyDictionary<string, string> Details);
