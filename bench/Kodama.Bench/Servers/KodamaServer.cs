namespace Kodama.Bench.Servers;

/// <summary>"kodama serve", as people run it.</summary>
internal sealed class KodamaServer : BenchServer
{
    public override string Name => "kodama";

    public override string Needs => "src/Kodama.Cli/bin/Release/net10.0/kodama.dll";

    public override string Remedy => "dotnet build -c Release src/Kodama.Cli";

    public override string Program => "dotnet";

    public override string Version(string repository) => "this commit";

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [Needs, "serve", "--port", Text(port), "--host", "127.0.0.1", "--quiet", .. echo ? ["--echo"] : (string[])[]];
}
