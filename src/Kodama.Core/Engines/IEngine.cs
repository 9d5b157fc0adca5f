namespace Kodama;

/// <summary>
/// Where the rooms of a hub are ordered and kept, if not in its memory alone. One for a hub, which disposes it last. Thread-safe.
/// </summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The key of the sessions' secrets: 32 random bytes, the same after a restart.</summary>
    ReadOnlyMemory<byte> SessionKey { get; }

    /// <summary>Other hubs that share the rooms; null where there can be none, which is the default. Always the same.</summary>
    ICluster? Cluster => null;

    /// <summary>How it stands with it; null where there is nothing to be said. Anyone may be told: it names no address.</summary>
    EngineCondition? Condition => null;

    /// <summary>
    /// Opens what is kept of a room, as it appears in memory. Not called under a lock, and not for a room whose store is open. Short:
    /// whoever joins waits for it.
    /// </summary>
    /// <param name="room">Its name.</param>
    /// <param name="retention">What is to be kept.</param>
    /// <param name="feed">Who is told what is ordered.</param>
    /// <param name="kept">What there is of it.</param>
    /// <exception cref="EngineException">It cannot be opened now.</exception>
    IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept);
}
