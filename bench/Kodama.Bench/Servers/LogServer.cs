namespace Kodama.Bench.Servers;

/// <summary>"kodama serve" whose rooms keep 10,000 messages.</summary>
internal sealed class LogServer : BenchServer
{
    public const int Kept = 10_000;
    private static readonly KodamaServer Serve = new();

    public override string Name => Serve.Name;

    public override string Needs => Serve.Needs;

    public override string Remedy => Serve.Remedy;

    // It becomes the program that it starts, and so keeps the process's id.
    public override string Program => "env";

    public override string Version(string repository) => Serve.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [$"Kodama__Log__Messages={Kept}", $"Kodama__Log__Bytes={16 * 1024 * 1024}", Serve.Program, .. Serve.Arguments(port, echo)];
}
