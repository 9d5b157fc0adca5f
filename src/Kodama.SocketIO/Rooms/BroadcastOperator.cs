namespace Kodama.SocketIO;

/// <summary>Some sockets of a namespace, such as those of a room, to send to or to act on. Immutable: every step makes another.
/// Thread-safe.</summary>
public sealed class BroadcastOperator : BroadcastSource
{
    private readonly SocketIONamespace space;

    internal BroadcastOperator(SocketIONamespace space, SocketIOSocket? self = null)
        : this(space, new BroadcastTargets([], [], self, false), null)
    {
    }

    private BroadcastOperator(SocketIONamespace space, BroadcastTargets targets, TimeSpan? timeout)
    {
        this.space = space;
        Targets = targets;
        AckTimeout = timeout;
    }

    internal BroadcastTargets Targets { get; }

    internal TimeSpan? AckTimeout { get; }

    internal override ArgumentJson Json => space.Server.Json;

    private protected override BroadcastOperator All => this;

    internal BroadcastOperator With(BroadcastTargets targets) => new(space, targets, AckTimeout);

    internal BroadcastOperator WithTimeout(TimeSpan timeout) => new(space, Targets, timeout);

    internal IReadOnlyList<SocketIOSocket> Select() => space.Select(Targets);

    internal Task<BroadcastAcks<T>> SendWithAckAsync<T>(string eventName, in Payload arguments, CancellationToken cancellationToken) =>
        space.BroadcastWithAckAsync<T>(Targets, eventName, arguments, AckTimeout ?? space.Server.Options.AckTimeout, cancellationToken);

    internal void SendNow(string eventName, in Payload arguments) => space.Broadcast(Targets, eventName, arguments);
}
