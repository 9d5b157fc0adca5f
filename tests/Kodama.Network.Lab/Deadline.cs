namespace Kodama.Network.Lab;

/// <summary>Every wait ends. These are far beyond what is needed: they decide only when something hangs.</summary>
internal static class Deadline
{
    /// <summary>For a step of a process or of the network.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(60);

    /// <summary>For a tool that only tells the kernel something.</summary>
    public static readonly TimeSpan Tool = TimeSpan.FromSeconds(20);
}
