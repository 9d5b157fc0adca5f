using Kodama.Client;
using Kodama.Discovery;

namespace Kodama.Cli.Connect;

/// <summary>The client of a hub, and what is known of the hub from elsewhere. Owns the client.</summary>
/// <param name="Client">Not started yet.</param>
/// <param name="Found">The hub, where a scan has found it.</param>
internal sealed record ConnectedHub(KodamaClient Client, FoundHub? Found) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
