using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of pusher-js in one process of node, each by its name, which is its user's too.</summary>
internal sealed class NodePushers : IAsyncDisposable
{
    private readonly ChildProcess node;
    private readonly ConcurrentDictionary<string, Channel<string>> got = new();
    private readonly Task reading;

    public NodePushers(string key, string secret)
    {
        node = ChildProcess.Start("node", [Path.Combine(Repository.Clients, "pusher", "several.mjs"), key, secret]);
        reading = ReadAsync();
    }

    /// <summary>Connects one, and answers its id.</summary>
    public async Task<string> OpenAsync(string client, Uri hub)
    {
        await TellAsync($$"""{"command":"open","client":"{{client}}","host":"{{hub.Host}}","port":{{hub.Port}}}""");
        return JsonElement.Parse((await UpToAsync(client, """["connected","""))[^1])[1].GetString()!;
    }

    /// <summary>Subscribes, and waits until that has succeeded.</summary>
    public async Task SubscribeAsync(string client, string channel)
    {
        await TellAsync($$"""{"command":"subscribe","client":"{{client}}","channel":"{{channel}}"}""");
        await UpToAsync(client, $"""["pusher:subscription_succeeded","{channel}""");
    }

    public Task UnsubscribeAsync(string client, string channel) =>
        TellAsync($$"""{"command":"unsubscribe","client":"{{client}}","channel":"{{channel}}"}""");

    public Task TriggerAsync(string client, string channel, string name, string data) => TellAsync(
        $$"""{"command":"trigger","client":"{{client}}","channel":"{{channel}}","event":"{{name}}","data":{{data}}}""");

    public async Task SignInAsync(string client)
    {
        await TellAsync($$"""{"command":"signin","client":"{{client}}"}""");
        await UpToAsync(client, """["signed in"]""");
    }

    /// <summary>What comes from now on.</summary>
    public IAsyncEnumerable<string> ReadAsync(string client, CancellationToken cancellationToken) =>
        Of(client).Reader.ReadAllAsync(cancellationToken);

    /// <summary>What comes up to what begins so.</summary>
    public async Task<List<string>> UpToAsync(string client, string beginning)
    {
        var events = new List<string>();
        do events.Add(await Of(client).Reader.ReadAsync().AsTask().Within());
        while (!events[^1].StartsWith(beginning, StringComparison.Ordinal));
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await reading;
    }

    private Task TellAsync(string command) => node.WriteLineAsync(command);

    private async Task ReadAsync()
    {
        await foreach (var line in node.Lines)
        {
            var told = JsonElement.Parse(line);
            Of(told.GetProperty("client").GetString()!).Writer.TryWrite(told.GetProperty("got").GetRawText());
        }
    }

    private Channel<string> Of(string client) => got.GetOrAdd(client, static _ => Channel.CreateUnbounded<string>());
}
