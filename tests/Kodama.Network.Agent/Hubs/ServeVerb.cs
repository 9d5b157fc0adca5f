using Kodama.Network.Agent.Verbs;
using Kodama.Server;

namespace Kodama.Network.Agent.Hubs;

/// <summary>Runs a hub until stopped: <c>serving</c> when it listens, <c>gone</c> when it has stopped.</summary>
internal sealed class ServeVerb : IVerb
{
    public string Name => "serve";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var arguments = errand.Arguments<ServeArguments>();
        var options = new KodamaOptions { Name = arguments.Name, Echo = true, Advertise = arguments.Advertise };
        foreach (var (key, value) in arguments.Details) options.Details[key] = value;
        await using (var server = new KodamaServer(options))
        {
            await server.StartAsync(arguments.Host, arguments.Port, stopped);
            errand.Report("serving", server.Addresses);
            await Task.Delay(Timeout.Infinite, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await server.StopAsync(CancellationToken.None);
        }
        errand.Report("gone");
    }
}

/// <param name="Advertise">Off, it is found by the sweep only.</param>
public sealed record ServeArguments(string Name, int Port = 8080, bool Advertise = true)
{
    /// <summary>Both families unless the test says otherwise.</summary>
    public string Host { get; init; } = "[::]";

    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
