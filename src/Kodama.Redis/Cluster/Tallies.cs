using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// What hubs count together, such as who is in a channel: how many each has, whether it was told that there are some, and which parts there
/// are. A hub without a lease counts no more. Thread-safe.
/// </summary>
internal sealed class Tallies(RedisEngine engine)
{
    // What a hub has learned last, for it may not have got the answer: in an hour it asks no more. The last two of KEYS and ARGV: where
    // that is, and the number of its step.
    private const string Learning = """
        local kept, step = KEYS[#KEYS], ARGV[#ARGV]
        local last = redis.call('GET', kept)
        if last then
          last = cjson.decode(last)
          if last[1] == step then return last[2] end
        end
        local function learn(what)
          redis.call('SET', kept, cjson.encode({step, what}), 'PX', 3600000)
          return what
        end

        """;

    // KEYS: hubs and their counts, with 't' where it was told that there are some; those that live; what was told of; parts; as above.
    // ARGV: what is wanted, hub, name, count, step. Answers -1 where this hub is not heard of; what begins has no parts that have gone,
    // and what ends has none at all: those that were there are answered.
    private const string Counting = Learning + """
        local key, beats, begun, parts, hub = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[2]
        if redis.call('HEXISTS', beats, hub) == 0 then return -1 end
        local function drop(mark)
          local all, dropped = redis.call('HGETALL', parts), {}
          for i = 1, #all, 2 do
            if string.sub(all[i + 1], 1, 1) == mark then
              dropped[#dropped + 1] = all[i]
              redis.call('HDEL', parts, all[i])
            end
          end
          return dropped
        end
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
          drop('0')
          return learn({'1'})
        end
        if sum > 0 or not told then return {'0'} end
        redis.call('DEL', key)
        redis.call('SREM', begun, ARGV[3])
        local gone = drop('1')
        redis.call('DEL', parts)
        table.insert(gone, 1, '2')
        return learn(gone)
        """;

    // KEYS: parts, each with the place of its last change and whether it is there; as above. ARGV: part, place, whether it is there (1 or
    // 0), step. Answers 1 where that is news.
    private const string Noting = Learning + """
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
        if was == is then return 0 end
        return learn(1)
        """;

    private string Prefix => engine.Names.Prefix;

    private RedisKey Begun => $"{Prefix}:begun";

    /// <inheritdoc cref="ICluster.CountAsync"/>
    public async ValueTask<long?> CountAsync(string name, long here) =>
        await RunAsync(Counting, CountKeys(name), ["count", engine.HubId, name, here, ""]) is { } answer && (long)answer is >= 0 and var sum
            ? sum : null;

    /// <inheritdoc cref="ICluster.TurnAsync"/>
    public async ValueTask<(ClusterTurn Turn, IReadOnlyList<string> Gone)?> TurnAsync(string name, long step)
    {
        if (await RunAsync(Counting, CountKeys(name), ["turn", engine.HubId, name, "", step]) is not { Length: > 0 } answer) return null;
        return ((ClusterTurn)(int)answer[0], [.. Enumerable.Range(1, answer.Length - 1).Select(at => (string)answer[at]!)]);
    }

    /// <inheritdoc cref="ICluster.BegunAsync"/>
    public async ValueTask<IReadOnlyList<string>?> BegunAsync() =>
        await engine.TryAsync(() => engine.Link.Database.SetMembersAsync(Begun), IsForGood) is { } names
            ? [.. names.Select(static name => (string)name!)] : null;

    /// <inheritdoc cref="ICluster.NoteAsync"/>
    public async ValueTask<bool?> NoteAsync(string name, string part, long place, bool isThere, long step) =>
        await RunAsync(Noting, [Parts(name), Learned], [part, place, isThere ? "1" : "0", step]) is { } answer ? (long)answer == 1 : null;

    private RedisKey Learned => $"{Prefix}:learned:{engine.HubId}";

    private RedisKey Parts(string name) => $"{Prefix}:parts:{name}";

    private RedisKey[] CountKeys(string name) => [$"{Prefix}:count:{name}", engine.Names.Beats, Begun, Parts(name), Learned];

    private Task<RedisResult?> RunAsync(string script, RedisKey[] keys, RedisValue[] values) =>
        engine.TryAsync(() => engine.Link.Database.ScriptEvaluateAsync(script, keys, values), IsForGood);

    // What another try would not change is the asker's.
    private static bool IsForGood(RedisException exception) => exception is RedisServerException && !RedisErrors.IsElsewhere(exception)
        && (!RedisErrors.IsRefusal(exception) || exception.Message.StartsWith("NOPERM", StringComparison.Ordinal));
}
