namespace Kodama.Bench.Servers;

/// <summary>A C# program with handlers, the same that the node program has: bench/peers/mapsocketio.</summary>
internal sealed class MapSocketIOServer : SocketIOServer
{
    public override string Name => "kodama-code";

    public override string Needs => "bench/peers/mapsocketio/bin/Release/net10.0/Kodama.Bench.MapSocketIO.dll";

    public override string Remedy => "dotnet build -c Release bench/peers/mapsocketio";

    public override string Program => "dotnet";

    public override string Version(string repository) => "this commit";

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [Needs, "--urls", $"http://127.0.0.1:{Text(port)}", .. echo ? ["--echo", "true"] : (string[])[]];
}
