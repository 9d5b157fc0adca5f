using Kodama.Bench.Load;

namespace Kodama.Bench.Servers;

/// <summary>"kodama serve" with Pusher's clients, who may say as many client events as they like.</summary>
internal sealed class PusherServer : BenchServer
{
    private static readonly KodamaServer Serve = new();

    /// <summary>Beside the same hub's raw door, and Kestrel's share of it: an endpoint that does nothing.</summary>
    public static new IReadOnlyList<BenchServer> All { get; } = [Serve, new PusherServer(), new AspNetServer()];

    public override string Name => "pusher";

    public override string Protocol => "pusher";

    public override string Path => $"/app/{PusherProtocol.Key}?protocol=7";

    public override string PublishPath => $"/apps/{PusherProtocol.Id}/events";

    public override string Needs => Serve.Needs;

    public override string Remedy => Serve.Remedy;

    // It becomes the program that it starts, and so keeps the process's id.
    public override string Program => "env";

    public override string Version(string repository) => Serve.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) =>
    [
        "Kodama__Pusher__MaxClientEvents=1000000000", Serve.Program, .. Serve.Arguments(port, echo),
        "--pusher-app", $"{PusherProtocol.Id}:{PusherProtocol.Key}:{PusherProtocol.Secret}",
    ];
}
