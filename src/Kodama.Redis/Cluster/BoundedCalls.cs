using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What hubs ask of Redis for themselves: within a second, or as if it had not been asked.</summary>
internal static class BoundedCalls
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The answer; the type's default value, where Redis is away, does not answer in time, or cannot.</summary>
    /// <param name="engine">Whose Redis.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="isThrown">Of what Redis says is wrong, what the asker is to know; null for nothing.</param>
    public static async Task<T?> TryAsync<T>(this RedisEngine engine, Func<Task<T>> ask, Func<RedisException, bool>? isThrown = null)
    {
        if (engine.Link.Scripts is null) return default;
        try
        {
            return await ask().WaitAsync(Patience);
        }
        catch (RedisException exception) when (isThrown?.Invoke(exception) != true)
        {
            engine.Failed(exception);
            return default;
        }
        catch (Exception exception) when (exception is TimeoutException or ObjectDisposedException)
        {
            return default;
        }
    }
}
