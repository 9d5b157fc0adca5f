namespace Kodama;

/// <summary>What keeps a log in memory, and lets the older half go when all logs of the hub are too much.</summary>
internal interface IKeptLog
{
    /// <summary>What it takes, in bytes.</summary>
    long Capacity { get; }

    void Halve();
}
