namespace Kodama.Samples.Tests;

/// <summary>How long anything may take that crosses processes on a busy machine.</summary>
internal static class Deadline
{
    public static CancellationTokenSource Source() => new(TimeSpan.FromSeconds(30));
}
