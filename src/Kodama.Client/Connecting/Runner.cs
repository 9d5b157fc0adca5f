namespace Kodama.Client.Connecting;

/// <summary>An attempt beside others, of which the first to arrive counts.</summary>
internal static class Runner
{
    /// <summary>Waits for one that is no longer wanted, and disposes of what it brings. Cancelled, it ends at once; it may have arrived all
    /// the same.</summary>
    public static async Task DisposeAsync<T>(Task<T> loser)
        where T : IDisposable
    {
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loser.IsCompletedSuccessfully) (await loser.ConfigureAwait(false)).Dispose();
    }
}
