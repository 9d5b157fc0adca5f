namespace Kodama.Bench.Soak;

/// <summary>A client of one door, in one room.</summary>
internal abstract class SoakPeer(Wire wire) : IDisposable
{
    public Wire Wire { get; } = wire;

    /// <summary>Comes in, and returns when whatever is said in the room from now on is heard.</summary>
    public abstract Task JoinAsync(string room, CancellationToken cancellationToken);

    /// <summary>Says it in the room.</summary>
    public abstract Task SayAsync(string text, CancellationToken cancellationToken);

    /// <summary>What is said in the room, until the hub ends it.</summary>
    public abstract IAsyncEnumerable<string> HearAsync(CancellationToken cancellationToken);

    /// <summary>Goes with a goodbye, where the door has one.</summary>
    public abstract Task LeaveAsync(CancellationToken cancellationToken);

    public virtual void Dispose() => Wire.Dispose();
}
