using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>One kind of work, done by each server in turn. Every run checks what it promises, and fails where that does not hold.</summary>
internal abstract class Scenario
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new EchoScenario(), new FanOutScenario(), new SaturationScenario(), new IdleScenario(), new AcceptScenario(), new RoomsScenario(),
    ];

    /// <summary>Those of Socket.IO's servers.</summary>
    public static IReadOnlyList<Scenario> SocketIO { get; } =
    [
        new EchoScenario(), new FanOutScenario(), new SaturationScenario(), new IdleScenario(), new PollingScenario(),
    ];

    /// <summary>Those of the Pusher door.</summary>
    public static IReadOnlyList<Scenario> Pusher { get; } = OfDoor(new PublishScenario());

    /// <summary>Those of the Ably door.</summary>
    public static IReadOnlyList<Scenario> Ably { get; } = OfDoor(new AcknowledgedScenario());

    /// <summary>Those of TLS.</summary>
    public static IReadOnlyList<Scenario> Tls { get; } =
    [
        new EchoScenario(), new FanOutScenario(), new IdleScenario(), new HandshakeScenario(resumes: false),
        new HandshakeScenario(resumes: true),
    ];

    /// <summary>What --only calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What is done, in figures.</summary>
    public abstract string Describe(bool quick);

    public abstract Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken);

    private static IReadOnlyList<Scenario> OfDoor(Scenario publish) =>
        [new FanOutScenario(), new SaturationScenario(), new IdleScenario(), publish];
}
