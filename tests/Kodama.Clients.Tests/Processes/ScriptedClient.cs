using System.Text.Json;

namespace Kodama.Clients.Tests.Processes;

/// <summary>A client of tests/clients in a process of its own, which does what it is told: see tests/clients/README.md.</summary>
internal sealed class ScriptedClient : IAsyncDisposable
{
    private readonly ChildProcess process;

    private ScriptedClient(ChildProcess process) => this.process = process;

    public static ScriptedClient StartNode() =>
        new(ChildProcess.Start(Tools.Node("node", "ws"), ["client.mjs"], Path.Combine(Repository.Clients, "node")));

    public static ScriptedClient StartPython() =>
        new(ChildProcess.Start(Tools.Python(), ["client.py"], Path.Combine(Repository.Clients, "python")));

    /// <summary>The sample client of kodama.v1.</summary>
    public static ScriptedClient StartPythonKodama() =>
        new(ChildProcess.Start(Tools.Python(), ["v1.py"], Path.Combine(Repository.Clients, "python")));

    public static Task<ScriptedClient> JoinNodeAsync(Uri url, bool compress = true) => JoinAsync(StartNode(), url, compress);

    public static Task<ScriptedClient> JoinPythonAsync(Uri url, bool compress = true) => JoinAsync(StartPython(), url, compress);

    /// <summary>A socket.io-client that speaks in the room.</summary>
    public static async Task<ScriptedClient> JoinSocketIOAsync(Uri url, string room, params string[] transports)
    {
        var client = new ScriptedClient(ChildProcess.Start(
            Tools.Node("socketio", "socket.io-client"), ["room-client.mjs"], Path.Combine(Repository.Clients, "socketio")));
        return await OpenAsync(client, new { command = "connect", url, room, transports });
    }

    /// <summary>Tells it to do something, such as <c>new { command = "send", text = "hello" }</c>.</summary>
    public Task DoAsync(object command) => process.WriteLineAsync(JsonSerializer.Serialize(command, JsonSerializerOptions.Web));

    public Task SendAsync(string text) => DoAsync(new { command = "send", text });

    /// <summary>What happened next, which must be this.</summary>
    public async Task<ClientEvent> ExpectAsync(string name)
    {
        var happened = await NextAsync();
        Assert.True(happened.Event == name, $"Expected {name} of {process}, but it said {happened}");
        return happened;
    }

    /// <summary>What happened next.</summary>
    public async Task<ClientEvent> NextAsync() =>
        JsonSerializer.Deserialize<ClientEvent>(await process.ReadLineAsync(), JsonSerializerOptions.Web)!;

    public async Task<string> ReceiveTextAsync() => (await ExpectAsync("text")).Text!;

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static Task<ScriptedClient> JoinAsync(ScriptedClient client, Uri url, bool compress) =>
        OpenAsync(client, new { command = "connect", url, compress });

    private static async Task<ScriptedClient> OpenAsync(ScriptedClient client, object connect)
    {
        try
        {
            await client.DoAsync(connect);
            await client.ExpectAsync("open");
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}
