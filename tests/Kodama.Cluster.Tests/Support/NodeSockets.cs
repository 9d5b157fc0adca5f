using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of npm's socket.io-client in one process of node, each by its name.</summary>
internal sealed class NodeSockets : IAsyncDisposable
{
    private readonly ChildProcess node = ChildProcess.Start("node", [Path.Combine(Repository.Clients, "socketio", "several.mjs")]);
    private readonly ConcurrentDictionary<string, Channel<string>> got = new();
    private readonly Task reading;

    public NodeSockets() => reading = ReadAsync();

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

    /// <summary>The next event of one, as a JSON array.</summary>
    public async Task<string> NextAsync(string client) => await Of(client).Reader.ReadAsync().AsTask().Within();

    /// <summary>Waits until the last of these has come, and answers all that came until then.</summary>
    public async Task<List<string>> UpToAsync(string client, string last)
    {
        var events = new List<string>();
        try
        {
            do events.Add(await NextAsync(client));
            while (events[^1] != last);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{last} did not come behind {string.Join(", ", events)}.");
        }
        return events;
    }

    /// <summary>Waits until it is connected again, and answers what it says then.</summary>
    public async Task<string> UpToConnectAsync(string client)
    {
        while (true)
        {
            var happened = await NextAsync(client);
            if (happened.StartsWith("[\"connect\",", StringComparison.Ordinal)) return happened;
        }
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
