namespace Kodama.Bench.Servers;

/// <summary>Node with npm "ws" over its https.</summary>
internal sealed class WsTlsServer : BenchServer
{
    private static readonly WsServer Plain = new();

    public override string Name => Plain.Name;

    public override bool IsTls => true;

    public override string Needs => Plain.Needs;

    public override string Remedy => Plain.Remedy;

    public override string Program => Plain.Program;

    public override string Version(string repository) => Plain.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) => [.. Plain.Arguments(port, echo), "--pem", BenchCertificate.File];
}
