using System.Text.Json;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of pusher-js in one process of node, each by its name, which is its user's too.</summary>
internal sealed class NodePushers(string key, string secret) : NodeClients("pusher", key, secret)
{
    /// <summary>Connects one, and answers its id.</summary>
    public async Task<string> OpenAsync(string client, Uri hub)
    {
        await TellAsync($$"""{"command":"open","client":"{{client}}","host":"{{hub.Host}}","port":{{hub.Port}}}""");
        return JsonElement.Parse((await UpToAsync(client, """["connected","""))[^1])[1].GetString()!;
    }

    /// <summary>Subscribes, without waiting for what comes of it.</summary>
    public Task BeginSubscribingAsync(string client, string channel) =>
        TellAsync($$"""{"command":"subscribe","client":"{{client}}","channel":"{{channel}}"}""");

    /// <summary>Subscribes, and waits until that has succeeded.</summary>
    public async Task SubscribeAsync(string client, string channel)
    {
        await BeginSubscribingAsync(client, channel);
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
}
