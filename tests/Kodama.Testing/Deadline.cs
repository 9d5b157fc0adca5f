using System.Runtime.CompilerServices;

namespace Kodama.Testing;

/// <summary>Every wait of a test ends: generously late, as machines are busy, but it ends.</summary>
public static class Deadline
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    public static Task Within(this Task task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Default);

    public static Task<T> Within<T>(this Task<T> task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Default);

    public static Task Within(this ValueTask task) => task.AsTask().WaitAsync(Default);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Default);

    /// <summary>Waits for what has no signal of its own.</summary>
    public static async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        using var poll = new PeriodicTimer(PollInterval);
        var end = DateTime.UtcNow + Default;
        while (!condition())
        {
            if (DateTime.UtcNow > end) throw new TimeoutException($"Did not come true within {Default}: {expression}");
            await poll.WaitForNextTickAsync();
        }
    }
}
