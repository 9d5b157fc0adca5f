using System.Diagnostics;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>A script of tests/clients in a process of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process process;

    private NodeProcess(Process process) => this.process = process;

    private static string Clients { get; } = Path.Combine(FindRoot(), "tests", "clients");

    /// <summary>Node's own engine.io server, which echoes, and its address.</summary>
    public static async Task<(NodeProcess Process, Uri Address)> StartServerAsync(object? options = null)
    {
        var server = Start("engine", "server.mjs", JsonSerializer.Serialize(options ?? new { }));
        return (server, new Uri(await server.ReadLineAsync() ?? throw new InvalidOperationException("server.mjs has ended.")));
    }

    /// <summary>A socket.io-client that stays, and says line by line what it gets.</summary>
    public static NodeProcess StartSocketIOClient(Uri server) => Start("socketio", "stay.mjs", server.ToString());

    /// <summary>Runs an engine.io-client against an echo server, and returns what it said.</summary>
    public static Task<string> RunClientAsync(Uri server, string mode, int count, int version = 4) =>
        RunAsync("engine", "client.mjs", server.ToString(), mode, $"{count}", $"{version}");

    private static async Task<string> RunAsync(string folder, string script, params string[] arguments)
    {
        await using var client = Start(folder, script, arguments);
        var errors = client.process.StandardError.ReadToEndAsync();
        var output = await client.process.StandardOutput.ReadToEndAsync().Within();
        await client.process.WaitForExitAsync().Within();
        Assert.True(client.process.ExitCode == 0, $"{output}\n{await errors}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().Within();
        process.Dispose();
    }

    // A test is skipped without them, but not in CI, where nobody would read that.
    private static NodeProcess Start(string folder, string script, params string[] arguments)
    {
        if (!Directory.Exists(Path.Combine(Clients, folder, "node_modules")))
        {
            var message = $"NOT TESTED: the packages of npm are missing; run `npm ci` in tests/clients/{folder}.";
            if (Environment.GetEnvironmentVariable("CI") is "true" or "1") Assert.Fail(message);
            Assert.Skip(message);
        }
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Path.Combine(Clients, folder),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new NodeProcess(Process.Start(start)!);
    }

    /// <summary>The next line that it says.</summary>
    public Task<string?> ReadLineAsync() => process.StandardOutput.ReadLineAsync().Within();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kodama.slnx"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No Kodama.slnx above {AppContext.BaseDirectory}.");
    }
}
