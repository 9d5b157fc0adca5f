using Kodama.Bench.Load;

namespace Kodama.Bench.Servers;

/// <summary>"kodama serve" and a door for foreign clients, which knows who they are.</summary>
/// <param name="name">The door's, and its protocol's.</param>
/// <param name="path">Where its clients connect to.</param>
/// <param name="options">Options of serve that open the door.</param>
/// <param name="publish">Where requests publish to.</param>
internal sealed class DoorServer(string name, string path, string[] options, string publish = "") : BenchServer
{
    private static readonly KodamaServer Serve = new();

    /// <summary>Pusher's clients, beside the same hub's raw door, and Kestrel's share of it: an endpoint that does nothing.</summary>
    public static IReadOnlyList<BenchServer> Pusher { get; } =
    [
        Serve,
        new DoorServer(
            "pusher", $"/app/{PusherProtocol.Key}?protocol=7", ["--pusher-app", PusherProtocol.App], $"/apps/{PusherProtocol.Id}/events")
        {
            // Who may say as many client events as they like.
            Environment = ["Kodama__Pusher__MaxClientEvents=1000000000"],
        },
        new AspNetServer(),
    ];

    /// <summary>Ably's clients, beside the same hub's raw door.</summary>
    public static IReadOnlyList<BenchServer> Ably { get; } =
        [Serve, new DoorServer("ably", AblyProtocol.Path, ["--ably-key", AblyProtocol.Key])];

    public override string Name => name;

    public override string Protocol => name;

    public override string Path => path;

    public override string PublishPath => publish;

    public override string Needs => Serve.Needs;

    public override string Remedy => Serve.Remedy;

    // It becomes the program that it starts, and so keeps the process's id.
    public override string Program => "env";

    private string[] Environment { get; init; } = [];

    public override string Version(string repository) => Serve.Version(repository);

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [.. Environment, Serve.Program, .. Serve.Arguments(port, echo), .. options];
}
