using System.Text.Json;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of npm's socket.io-client in one process of node, each by its name.</summary>
internal sealed class NodeSockets() : NodeClients("socketio")
{
    /// <summary>Connects one, and answers its id.</summary>
    public async Task<string> OpenAsync(string client, Uri url, string options = "")
    {
        await TellAsync($$"""{"command":"open","client":"{{client}}","url":"{{url}}"{{options}}}""");
        var connected = JsonElement.Parse(await NextAsync(client));
        Assert.Equal("connect", connected[0].GetString());
        return connected[1].GetString()!;
    }

    public Task EmitAsync(string client, string args) => TellAsync($$"""{"command":"emit","client":"{{client}}","args":{{args}}}""");

    /// <summary>Emits, and waits until that is acknowledged; nothing else may be on its way to it.</summary>
    public async Task AskAsync(string client, string args)
    {
        await TellAsync($$"""{"command":"ask","client":"{{client}}","args":{{args}}}""");
        Assert.Equal("""["acknowledged"]""", await NextAsync(client));
    }

    /// <summary>Cuts its connection; it comes back by itself.</summary>
    public Task CutAsync(string client) => TellAsync($$"""{"command":"cut","client":"{{client}}"}""");

    /// <summary>Connects one again that a server has thrown out: it does not come back by itself.</summary>
    public Task ConnectAsync(string client) => TellAsync($$"""{"command":"connect","client":"{{client}}"}""");

    public Task CloseAsync(string client) => TellAsync($$"""{"command":"close","client":"{{client}}"}""");

    /// <summary>Waits until it is connected again, and answers what it says then.</summary>
    public async Task<string> UpToConnectAsync(string client) => (await UpToAsync(client, """["connect","""))[^1];
}
