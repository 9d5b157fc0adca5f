namespace Kodama.WebSockets;

/// <summary>How far a message is inflated: what it takes to go on with it after a pause, on any thread.</summary>
/// <param name="start">Where in the output the message starts, behind the window.</param>
internal struct InflateState(int start)
{
    /// <summary>Where in the output the message starts.</summary>
    public int Start { get; } = start;

    /// <summary>The bit of the input where the block underway, or the next one, begins.</summary>
    public long Block;

    /// <summary>The bit where the next symbol of the block underway begins; 0 where none is underway.</summary>
    public long Symbol;

    /// <summary>Whether the message may not end here: a block that was not marked final lies behind.</summary>
    public bool MustGoOn;

    /// <summary>How many blocks with codes of their own there were.</summary>
    public int OwnCodes;

    /// <summary>The work of the last step, in bytes of output.</summary>
    public int Cost;
}
