using System.Collections.Concurrent;
using System.Collections.Frozen;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// What is done from time to time: rooms that miss something are told so, heads are looked at, the lease is renewed, who is dead is taken
/// out, rooms that are too many go, and Redis is looked for while it is away.
/// </summary>
internal sealed class Upkeep : IAsyncDisposable
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private const int RoomsAtOnce = 128;
    private const int MostLooks = 4096;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReviveInterval = TimeSpan.FromMilliseconds(250);

    private readonly RedisEngine engine;
    private readonly RedisOptions options;
    private readonly ConcurrentDictionary<RedisRoom, bool> needing = new();

    // Ticks, while somebody needs them: a hub that has nothing to do sleeps. Guarded by itself.
    private readonly PeriodicTimer ticks = new(Tick);
    private bool isOver;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops;
    private FrozenDictionary<string, string> hubs = FrozenDictionary<string, string>.Empty;
    private readonly SemaphoreSlim renewing = new(1);
    private readonly HubWatch watch;
    private int nextRoom;
    private int renewsSoon;
    private Task reviving = Task.CompletedTask;
    private Task burying = Task.CompletedTask;

    public Upkeep(RedisEngine engine, RedisOptions options)
    {
        (this.engine, this.options) = (engine, options);
        watch = new HubWatch(options.Lease);
        // Before anything is bound to this hub.
        Task.Run(RenewAsync).GetAwaiter().GetResult();
        loops =
        [
            Task.Run(() => RepeatAsync(ticks, TickAsync)),
            Task.Run(() => RepeatAsync(new(LookInterval), LookAsync)),
            Task.Run(() => RepeatAsync(new(LookInterval), SweepAsync)),
            Task.Run(() => RepeatAsync(new(HubWatch.BeatsEvery(options.Lease)), RenewAsync)),
        ];
        engine.Link.WentDown += Hurry;
    }

    /// <summary>Raised when the hubs have been looked at.</summary>
    public event Action? Renewed;

    /// <summary>What others are told of this hub.</summary>
    public string About { get; set; } = "{}";

    public IReadOnlyDictionary<string, string> Hubs => Volatile.Read(ref hubs);

    /// <summary>Tells the room of each tick, until it needs that no more.</summary>
    public void Need(RedisRoom room)
    {
        needing[room] = true;
        Hurry();
    }

    /// <summary>Redis is back: each room looks what it has missed.</summary>
    public void WakeAll()
    {
        foreach (var room in engine.Rooms.All) room.Post(Ticked.Instance);
        _ = Task.Run(() => DoAsync(LookAtAllAsync));
        RenewSoon();
    }

    /// <summary>Says that the hub lives, at once.</summary>
    public void RenewSoon()
    {
        if (Interlocked.Exchange(ref renewsSoon, 1) == 0) _ = Task.Run(() => DoAsync(RenewAsync));
    }

    public async ValueTask DisposeAsync()
    {
        lock (ticks) isOver = true;
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
        await Task.WhenAll(reviving, burying);
        stopping.Dispose();
    }

    private async Task RepeatAsync(PeriodicTimer timer, Func<Task> action)
    {
        try
        {
            using (timer)
            {
                while (await timer.WaitForNextTickAsync(stopping.Token)) await DoAsync(action);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine ends.
        }
    }

    private void Hurry() => Pace(Tick);

    private void Pace(TimeSpan period)
    {
        lock (ticks)
        {
            if (!isOver && ticks.Period != period) ticks.Period = period;
        }
    }

    private async Task DoAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or EngineException or ObjectDisposedException)
        {
            engine.Failed(exception);
        }
        catch (Exception exception)
        {
            RedisLog.UpkeepFailed(engine.Logger, exception);
        }
    }

    private async Task TickAsync()
    {
        if (engine.Link.Scripts is null && reviving.IsCompleted) reviving = ReviveAsync();
        // Nothing is told meanwhile: what there is is looked at.
        if (!engine.Link.IsHearing) await LookAsync();
        foreach (var (room, _) in needing)
        {
            if (room.NeedsTicks)
            {
                room.Post(Ticked.Instance);
                continue;
            }
            needing.TryRemove(room, out _);
            // It has said so at this moment.
            if (room.NeedsTicks) needing[room] = true;
        }
        lock (ticks)
        {
            if (needing.IsEmpty && engine.Link is { Scripts: not null, IsHearing: true }) Pace(LookInterval);
        }
    }

    private async Task ReviveAsync()
    {
        await DoAsync(engine.Link.TryReviveAsync);
        await Task.Delay(ReviveInterval);
    }

    private Task LookAtAllAsync() => LookAsync([.. engine.Rooms.All]);

    // Of many rooms some each time: what is lost without a break is rare.
    private Task LookAsync()
    {
        RedisRoom[] rooms = [.. engine.Rooms.All];
        if (rooms.Length <= MostLooks) return LookAsync(rooms);
        nextRoom = (nextRoom + MostLooks) % rooms.Length;
        return LookAsync([.. rooms.Concat(rooms).Skip(nextRoom).Take(MostLooks)]);
    }

    private async Task LookAsync(RedisRoom[] all)
    {
        if (engine.Link.Scripts is null) return;
        foreach (var rooms in all.Chunk(RoomsAtOnce))
        {
            var metas = await engine.Link.Database.StringGetAsync(
                Array.ConvertAll(rooms, static room => (RedisKey)room.Meta), CommandFlags.DemandMaster);
            for (var i = 0; i < rooms.Length; i++)
                rooms[i].Post(new Looked((byte[]?)metas[i] is { } bytes ? RoomMeta.Read(bytes) : null));
        }
    }

    // A hub of many does what it can, and the others too.
    private async Task SweepAsync()
    {
        const int atOnce = 64, times = 16;
        for (var i = 0; i < times && engine.Link.Scripts is { } scripts; i++)
        {
            var looked = await engine.Link.Database.ScriptEvaluateAsync(
                scripts[Script.Sweep], [engine.Names.Rooms], [options.MaxRooms, options.MaxBytes ?? 0, engine.Now, atOnce]);
            if ((int)looked < atOnce) return;
        }
    }

    private async Task RenewAsync()
    {
        await renewing.WaitAsync();
        try
        {
            Volatile.Write(ref renewsSoon, 0);
            if (engine.Link.Scripts is not { } scripts) return;
            var answer = (RedisResult[])(await engine.Link.Database.ScriptEvaluateAsync(
                scripts[Script.Lease], [engine.Names.Beats], [engine.HubId, About, engine.SessionKey]))!;
            if ((ReplyCode)(int)answer[0] == ReplyCode.OtherGeneration)
            {
                engine.Link.Lose($"Redis at {engine.Link.Address} has begun anew, or is primary again.");
                return;
            }
            Volatile.Write(ref hubs, answer[3].ToDictionary().ToFrozenDictionary(
                static pair => pair.Key, static pair => (string?)pair.Value ?? ""));
            await WatchAsync(scripts, answer[2].ToDictionary());
            engine.RedisAhead = (long)answer[4] - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            // Apart from the lease, as there may be many to be taken out: if that takes longer, it is told of the next one again.
            if ((string)answer[1]! is { Length: > 0 } dead && burying.IsCompleted)
                burying = Task.Run(() => DoAsync(() => new Undertaker(engine).BuryAsync(dead)));
        }
        finally
        {
            renewing.Release();
        }
        Renewed?.Invoke();
        await engine.Link.LookAgainAsync();
    }

    private async Task WatchAsync(LoadedScripts scripts, Dictionary<string, RedisResult> beats)
    {
        foreach (var (hub, count) in watch.Look(beats.ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!)))
        {
            if (hub != engine.HubId)
                await engine.Link.Database.ScriptEvaluateAsync(scripts[Script.Dead], [engine.Names.BoundOf(hub)], [hub, count]);
        }
    }
}
