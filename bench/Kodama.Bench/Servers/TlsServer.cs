namespace Kodama.Bench.Servers;

/// <summary>"kodama serve" with a certificate of this run; this build of it, or an earlier one.</summary>
internal sealed class TlsServer(string? before = null) : BenchServer
{
    private static readonly KodamaServer Serve = new();

    /// <summary>Beside node, and an earlier build of Kodama where there is one.</summary>
    public static IReadOnlyList<BenchServer> Beside(string? before) =>
        [new TlsServer(), new WsTlsServer(), .. before is null ? (BenchServer[])[] : [new TlsServer(before)]];

    public override string Name => before is null ? "kodama" : "before";

    public override bool IsTls => true;

    public override string Needs => before ?? Serve.Needs;

    public override string Remedy => before is null ? Serve.Remedy : "build that one";

    public override string Program => Serve.Program;

    public override string Version(string repository) => before is null ? Serve.Version(repository) : "an earlier build";

    public override IEnumerable<string> Arguments(int port, bool echo) =>
    [
        Needs, .. Serve.Arguments(port, echo).Skip(1), "--tls-cert", BenchCertificate.File,
    ];
}
