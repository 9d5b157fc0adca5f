namespace Kodama.Bench.Servers;

/// <summary>A hub that tells what it holds: bench/peers/soak.</summary>
internal sealed class SoakHub : BenchServer
{
    public override string Name => "soak hub";

    public override string Needs => "bench/peers/soak/bin/Release/net10.0/Kodama.Bench.SoakHub.dll";

    public override string Remedy => "dotnet build -c Release bench/peers/soak";

    public override string Program => "dotnet";

    public override string Version(string repository) => "this commit";

    public override IEnumerable<string> Arguments(int port, bool echo) => [Needs, Text(port)];
}
