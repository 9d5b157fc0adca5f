namespace Kodama.WebSockets;

/// <summary>What a connection keeps of what it inflates: the window of context takeover, and a message that has paused.</summary>
/// <param name="window">The window; null without context takeover.</param>
internal sealed class Inflation(InflateWindow? window)
{
    public InflateWindow? Window { get; } = window;

    /// <summary>Whether a message waits to be inflated on.</summary>
    public bool IsPaused;

    /// <summary>What came out of it so far, behind the window.</summary>
    public PooledBytes Output;

    /// <summary>Where to go on.</summary>
    public InflateState State;

    public void Drop()
    {
        Output.Return();
        IsPaused = false;
    }
}
