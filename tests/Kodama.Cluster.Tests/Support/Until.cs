using System.Runtime.CompilerServices;

namespace Kodama.Cluster.Tests;

internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits for what has no signal of its own, as long as processes take on a busy machine.</summary>
    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var end = DateTime.UtcNow + Patience;
        while (!condition())
        {
            if (DateTime.UtcNow > end) throw new TimeoutException($"Did not come true within {Patience}: {expression}");
            await poll.WaitForNextTickAsync();
        }
    }
}
