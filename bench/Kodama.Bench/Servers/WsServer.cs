using System.Text.Json;

namespace Kodama.Bench.Servers;

/// <summary>Node with npm "ws": bench/peers/ws.</summary>
internal sealed class WsServer : BenchServer
{
    private const string Folder = "bench/peers/ws";

    public override string Name => "ws";

    public override string Needs => $"{Folder}/node_modules/ws/package.json";

    public override string Remedy => $"npm ci --prefix {Folder}";

    public override string Program => "node";

    public override string Version(string repository)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(repository, Needs)));
        return $"ws {package.RootElement.GetProperty("version").GetString()}";
    }

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [$"{Folder}/server.mjs", "--port", Text(port), .. echo ? ["--echo"] : (string[])[]];
}
