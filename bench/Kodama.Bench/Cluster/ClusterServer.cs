using Kodama.Bench.Servers;

namespace Kodama.Bench.Cluster;

/// <summary>"kodama serve" whose rooms lie in Redis.</summary>
internal sealed class ClusterServer(BenchRedis redis) : BenchServer
{
    private static readonly KodamaServer Serve = new();

    public override string Name => Serve.Name;

    public override string Needs => Serve.Needs;

    public override string Remedy => Serve.Remedy;

    // It becomes the program that it starts, and so keeps the process's id.
    public override string Program => "env";

    public override string Version(string repository) => Serve.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [$"Kodama__Redis=127.0.0.1:{Text(redis.Port)}", Serve.Program, .. Serve.Arguments(port, echo), "--no-advertise"];
}
