using System.Diagnostics;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>A script of tests/clients/engine in a process of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process process;

    private NodeProcess(Process process) => this.process = process;

    /// <summary>Where the scripts are. A test is skipped without them, but not in CI, where nobody would read that.</summary>
    private static string Folder { get; } = Path.Combine(FindRoot(), "tests", "clients", "engine");

    /// <summary>Node's own engine.io server, which echoes, and its address.</summary>
    public static async Task<(NodeProcess Process, Uri Address)> StartServerAsync(object? options = null)
    {
        var server = Start("server.mjs", JsonSerializer.Serialize(options ?? new { }));
        return (server, new Uri(await server.ReadLineAsync() ?? throw new InvalidOperationException("server.mjs has ended.")));
    }

    /// <summary>Runs an engine.io-client against an echo server, and returns what it said.</summary>
    public static async Task<string> RunClientAsync(Uri server, string mode, int count, int version = 4)
    {
        await using var client = Start("client.mjs", server.ToString(), mode, $"{count}", $"{version}");
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

    private static NodeProcess Start(string script, params string[] arguments)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "engine.io-client-v3")))
        {
            const string Message = "NOT TESTED: engine.io is missing; run `npm ci` in tests/clients/engine.";
            if (Environment.GetEnvironmentVariable("CI") is "true" or "1") Assert.Fail(Message);
            Assert.Skip(Message);
        }
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new NodeProcess(Process.Start(start)!);
    }

    private Task<string?> ReadLineAsync() => process.StandardOutput.ReadLineAsync().Within();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kodama.slnx"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No Kodama.slnx above {AppContext.BaseDirectory}.");
    }
}
