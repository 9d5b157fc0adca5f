using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

namespace Kodama.Cluster.Tests;

/// <summary>Clients in one process of node, each by its name: told what to do by a line, they tell what comes to them by another.</summary>
internal abstract class NodeClients : IAsyncDisposable
{
    private readonly ChildProcess node;
    private readonly ConcurrentDictionary<string, Channel<string>> got = new();
    private readonly Task reading;

    protected NodeClients(string folder, params string[] arguments)
    {
        node = ChildProcess.Start("node", [Path.Combine(Repository.Clients, folder, "several.mjs"), .. arguments]);
        reading = ReadAsync();
    }

    /// <summary>The next event of one, as a JSON array.</summary>
    public async Task<string> NextAsync(string client) => await Of(client).Reader.ReadAsync().AsTask().Within();

    /// <summary>What comes from now on.</summary>
    public IAsyncEnumerable<string> ReadAsync(string client, CancellationToken cancellationToken) =>
        Of(client).Reader.ReadAllAsync(cancellationToken);

    /// <summary>Waits until something has come that begins so, and answers all that came until then.</summary>
    public async Task<List<string>> UpToAsync(string client, string beginning)
    {
        var events = new List<string>();
        try
        {
            do events.Add(await NextAsync(client));
            while (!events[^1].StartsWith(beginning, StringComparison.Ordinal));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{beginning} did not come behind {string.Join(", ", events)}.");
        }
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await reading;
    }

    protected Task TellAsync(string command) => node.WriteLineAsync(command);

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
