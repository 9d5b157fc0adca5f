using System.Text.Json;

namespace Kodama.Bench.Servers;

/// <summary>Node with npm "socket.io": bench/peers/socketio.</summary>
internal sealed class NodeSocketIOServer : SocketIOServer
{
    private const string Folder = "bench/peers/socketio";

    public override string Name => "node";

    public override string Needs => $"{Folder}/node_modules/socket.io/package.json";

    public override string Remedy => $"npm ci --prefix {Folder}";

    public override string Program => "node";

    public override string Version(string repository)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(repository, Needs)));
        return $"socket.io {package.RootElement.GetProperty("version").GetString()}";
    }

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [$"{Folder}/server.mjs", "--port", Text(port), .. echo ? ["--echo"] : (string[])[]];
}
