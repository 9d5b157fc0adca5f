namespace Kodama.Core.Tests;

internal static class Settling
{
    /// <summary>What became of it when the engine has decided.</summary>
    public static Task<PublishResult> SettledAsync(this PublishResult result) =>
        (result.Pending ?? Task.FromResult(result)).WithDeadline();

    public static async Task<PublishResult> SettledAsync(this Task<PublishResult> result) =>
        await (await result.WithDeadline()).SettledAsync();

    /// <summary>Waits for what other threads are about to do.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
