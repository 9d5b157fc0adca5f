using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// What is done from time to time: rooms that miss something are told so, heads are looked at, the lease is renewed, who is dead is taken
/// out, and Redis is looked for while it is away.
/// </summary>
internal sealed class Upkeep : IAsyncDisposable
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private const int RoomsAtOnce = 128;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReviveInterval = TimeSpan.FromMilliseconds(250);

    private readonly RedisEngine engine;
    private readonly RedisOptions options;
    private readonly ConcurrentDictionary<RedisRoom, bool> needing = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops;
    private FrozenDictionary<string, string> hubs = FrozenDictionary<string, string>.Empty;
    private string? told;

    public Upkeep(RedisEngine engine, RedisOptions options)
    {
        this.engine = engine;
        this.options = options;
        // Before anything is bound to this hub.
        Task.Run(RenewAsync).GetAwaiter().GetResult();
        loops =
        [
            Task.Run(() => RepeatAsync(Tick, TickAsync)),
            Task.Run(() => RepeatAsync(ReviveInterval, engine.Link.TryReviveAsync)),
            Task.Run(() => RepeatAsync(LookInterval, LookAsync)),
            Task.Run(() => RepeatAsync(options.Lease / 3, RenewAsync)),
        ];
    }

    /// <summary>What others are told of this hub.</summary>
    public string About { get; set; } = "{}";

    public IReadOnlyDictionary<string, string> Hubs => Volatile.Read(ref hubs);

    /// <summary>Tells the room of each tick, until it needs that no more.</summary>
    public void Need(RedisRoom room) => needing[room] = true;

    /// <summary>Redis is back: each room looks what it has missed.</summary>
    public void WakeAll()
    {
        foreach (var room in engine.Rooms) room.Post(Ticked.Instance);
        _ = Task.Run(() => DoAsync(LookAsync));
        _ = Task.Run(() => DoAsync(RenewAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
        stopping.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval, Func<Task> action)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token)) await DoAsync(action);
        }
        catch (OperationCanceledException)
        {
            // The engine ends.
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

    private Task TickAsync()
    {
        foreach (var (room, _) in needing)
        {
            if (room.NeedsTicks) room.Post(Ticked.Instance);
            else needing.TryRemove(room, out _);
        }
        return Task.CompletedTask;
    }

    private async Task LookAsync()
    {
        if (engine.Link.Scripts is null) return;
        foreach (var rooms in engine.Rooms.Chunk(RoomsAtOnce))
        {
            var metas = await engine.Link.Database.StringGetAsync(Array.ConvertAll(rooms, static room => (RedisKey)room.Meta));
            for (var i = 0; i < rooms.Length; i++)
                rooms[i].Post(new Looked((byte[]?)metas[i] is { } bytes ? RoomMeta.Read(bytes) : null));
        }
    }

    private async Task RenewAsync()
    {
        if (engine.Link.Scripts is not { } scripts) return;
        var about = About;
        var answer = (RedisResult[])(await engine.Link.Database.ScriptEvaluateAsync(
            scripts.Lease, [engine.Names.Hubs],
            [engine.HubId, (long)options.Lease.TotalMilliseconds, about == told && hubs.ContainsKey(engine.HubId) ? "" : about]))!;
        if ((ReplyCode)(int)answer[0] == ReplyCode.OtherGeneration)
        {
            engine.Link.Lose($"Redis at {engine.Link.Address} has begun anew.");
            return;
        }
        told = about;
        var abouts = answer[3].ToDictionary();
        Volatile.Write(ref hubs, ((string[])answer[2]!).ToFrozenDictionary(
            static hub => hub, hub => (string?)abouts.GetValueOrDefault(hub) ?? ""));
        if ((string)answer[1]! is { Length: > 0 } dead) await new Undertaker(engine).BuryAsync(dead);
        await engine.Link.LookAgainAsync();
    }
}
