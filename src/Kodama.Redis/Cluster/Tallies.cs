using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// What hubs count together, such as who is in a channel: how many each has, whether it was told that there are some, and which parts there
/// are. A hub without a lease counts no more. Thread-safe.
/// </summary>
internal sealed class Tallies(RedisEngine engine)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // KEYS: hubs and their counts, with 't' where it was told that there are some; those that live; what was told of.
    // ARGV: what is wanted, hub, name, count. Answers -1 where this hub is not heard of.
    private const string Counting = """
        local key, beats, begun, hub = KEYS[1], KEYS[2], KEYS[3], ARGV[2]
        if redis.call('HEXISTS', beats, hub) == 0 then return -1 end
        if ARGV[1] == 'count' then
          if ARGV[4] == '0' then redis.call('HDEL', key, hub) else redis.call('HSET', key, hub, ARGV[4]) end
        end
        local sum, told, all = 0, false, redis.call('HGETALL', key)
        for i = 1, #all, 2 do
          if all[i] == 't' then told = true
          elseif redis.call('HEXISTS', beats, all[i]) == 1 then sum = sum + tonumber(all[i + 1])
          else redis.call('HDEL', key, all[i]) end
        end
        if ARGV[1] == 'count' then return sum end
        if sum > 0 and not told then
          redis.call('HSET', key, 't', 1)
          redis.call('SADD', begun, ARGV[3])
          return 1
        end
        if sum > 0 or not told then return 0 end
        redis.call('DEL', key)
        redis.call('SREM', begun, ARGV[3])
        return 2
        """;

    // KEYS: parts, each with the place of its last change and whether it is there. ARGV: part, place, whether it is there (1 or 0).
    // Answers 1 where that is news.
    private const string Noting = """
        local key, part, place, is = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
        local old = redis.call('HGET', key, part)
        local was = '0'
        if old then
          if tonumber(string.sub(old, 2)) >= place then return 0 end
          was = string.sub(old, 1, 1)
        end
        redis.call('HSET', key, part, is .. ARGV[2])
        redis.call('PEXPIRE', key, 86400000)
        if is == '0' and redis.call('HLEN', key) > 4096 then
          local all = redis.call('HGETALL', key)
          for i = 1, #all, 2 do
            if string.sub(all[i + 1], 1, 1) == '0' and tonumber(string.sub(all[i + 1], 2)) < place - 1024 then
              redis.call('HDEL', key, all[i])
            end
          end
        end
        return was ~= is and 1 or 0
        """;

    private const string Forgetting = """
        local all, there = redis.call('HGETALL', KEYS[1]), {}
        for i = 1, #all, 2 do
          if string.sub(all[i + 1], 1, 1) == '1' then there[#there + 1] = all[i] end
        end
        redis.call('DEL', KEYS[1])
        return there
        """;

    private string Prefix => engine.Names.Prefix;

    private RedisKey Begun => $"{Prefix}:begun";

    /// <inheritdoc cref="ICluster.CountAsync"/>
    public async ValueTask<long?> CountAsync(string name, long here) =>
        await RunAsync(Counting, CountKeys(name), ["count", engine.HubId, name, here]) is { } answer && (long)answer is >= 0 and var sum
            ? sum : null;

    /// <inheritdoc cref="ICluster.TurnAsync"/>
    public async ValueTask<ClusterTurn?> TurnAsync(string name) =>
        await RunAsync(Counting, CountKeys(name), ["turn", engine.HubId, name]) is { } answer && (long)answer is >= 0 and var turn
            ? (ClusterTurn)turn : null;

    /// <inheritdoc cref="ICluster.BegunAsync"/>
    public async ValueTask<IReadOnlyList<string>?> BegunAsync() =>
        await TryAsync(() => engine.Link.Database.SetMembersAsync(Begun)) is { } names
            ? [.. names.Select(static name => (string)name!)] : null;

    /// <inheritdoc cref="ICluster.NoteAsync"/>
    public async ValueTask<bool?> NoteAsync(string name, string part, long place, bool isThere) =>
        await RunAsync(Noting, [$"{Prefix}:parts:{name}"], [part, place, isThere ? "1" : "0"]) is { } answer ? (long)answer == 1 : null;

    /// <inheritdoc cref="ICluster.ForgetAsync"/>
    public async ValueTask<IReadOnlyList<string>?> ForgetAsync(string name) =>
        await RunAsync(Forgetting, [$"{Prefix}:parts:{name}"], []) is { } answer ? (string[])answer! : null;

    private RedisKey[] CountKeys(string name) => [$"{Prefix}:count:{name}", engine.Names.Beats, Begun];

    private Task<RedisResult?> RunAsync(string script, RedisKey[] keys, RedisValue[] values) =>
        TryAsync<RedisResult>(async () => await engine.Link.Database.ScriptEvaluateAsync(script, keys, values));

    private async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        if (engine.Link.Scripts is null) return null;
        try
        {
            return await ask().WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            if (exception is RedisException) engine.Failed(exception);
            return null;
        }
    }
}
