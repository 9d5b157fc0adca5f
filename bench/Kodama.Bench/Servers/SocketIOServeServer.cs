namespace Kodama.Bench.Servers;

/// <summary>"kodama serve" with Socket.IO clients, as people run it.</summary>
internal sealed class SocketIOServeServer : SocketIOServer
{
    private static readonly KodamaServer Serve = new();

    public override string Name => Serve.Name;

    public override string Needs => Serve.Needs;

    public override string Remedy => Serve.Remedy;

    public override string Program => Serve.Program;

    public override string Version(string repository) => Serve.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) => Serve.Arguments(port, echo);
}
