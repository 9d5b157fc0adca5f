using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Lets several hubs share their rooms: one Redis orders and keeps what is published, and tells each hub that has the room
/// (docs/specs/cluster.md). Thread-safe.
/// </summary>
public sealed class RedisEngine : IEngine, IDisposable
{
    private const int EpochBytes = 9;

    private readonly OpenRooms rooms = new();
    private readonly RedisOptions options;
    private readonly Upkeep upkeep;
    private readonly RedisCluster cluster;
    private readonly long begun;
    private bool hasOpened;
    private string? lastError;
    private long lines;
    private int disposed;

    /// <summary>Connects. Hubs that name the same Redis, database and prefix share their rooms.</summary>
    /// <param name="address"><c>HOST:PORT[,options]</c> as StackExchange.Redis reads it, or a <c>redis://</c> address.</param>
    /// <param name="options">The rest; null for the defaults.</param>
    /// <param name="logger">Its log, or null.</param>
    /// <exception cref="EngineException">It cannot be reached or used: the text says why, and what to do.</exception>
    /// <exception cref="ArgumentException">The address or an option has not its form.</exception>
    public RedisEngine(string address, RedisOptions? options = null, ILogger<RedisEngine>? logger = null)
    {
        this.options = options ?? new RedisOptions();
        this.options.Validate();
        Logger = logger ?? NullLogger<RedisEngine>.Instance;
        Names = new RedisNames(this.options.Prefix);
        Link = RedisLink.Connect(RedisAddress.Parse(address), Names, this.options, Logger);
        try
        {
            SessionKey = Wait(ReadSessionKeyAsync);
            Wait(new Ears(this).OpenAsync);
            cluster = new RedisCluster(this);
            Wait(cluster.OpenAsync);
            // The last that may fail: it works on from then on.
            upkeep = new Upkeep(this, this.options);
            upkeep.Renewed += cluster.Renewed;
            cluster.Renewed();
            begun = Stopwatch.GetTimestamp();
            Link.CameUp += upkeep.WakeAll;
            Link.CameUp += cluster.Assert;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or EngineException)
        {
            Link.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw exception as EngineException ?? Translate(exception);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SessionKey { get; }

    /// <inheritdoc/>
    public ICluster Cluster => cluster;

    /// <summary>This start of this hub, in the cluster: 8 characters of base64url.</summary>
    public string HubId { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6));

    /// <summary>How it stands with Redis, and where that is.</summary>
    public EngineCondition State => Link.State;

    /// <inheritdoc/>
    public EngineCondition? Condition => State is { Wrong: { } wrong } state ? state with { Wrong = Link.WithoutAddress(wrong) } : State;

    /// <summary>The hubs that live, this one too, and what they tell of themselves; of the last seconds.</summary>
    internal IReadOnlyDictionary<string, string> Hubs => upkeep.Hubs;

    internal RedisNames Names { get; }

    internal RedisLink Link { get; }

    internal ILogger Logger { get; }

    internal TimeSpan Patience => options.Patience;

    internal TimeSpan Lease => options.Lease;

    /// <summary>What scripts take for the time; 0 for that of Redis.</summary>
    internal long Now => options.Clock?.GetUtcNow().ToUnixTimeMilliseconds() ?? 0;

    internal OpenRooms Rooms => rooms;

    internal bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>What others are told of this hub, at most 4 KiB; with the next renewal of its lease.</summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    internal void Announce(string about)
    {
        ArgumentNullException.ThrowIfNull(about);
        const int most = 4096;
        if (about.Length > most) throw new ArgumentException($"It has {about.Length} characters, and may have {most}.", nameof(about));
        if (upkeep.About == about) return;
        upkeep.About = about;
        upkeep.RenewSoon();
    }

    /// <inheritdoc/>
    public IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var opened = new RedisRoom(this, room, retention, feed);
        // Before it is read: what is told meanwhile waits.
        rooms.Add(opened);
        try
        {
            kept = opened.Open();
            return opened;
        }
        catch (Exception exception)
        {
            opened.Close();
            if (exception is RedisException or TimeoutException) throw Translate(exception);
            throw;
        }
    }

    /// <summary>Waits until what was published is decided, at most as long as one waits for Redis, and ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        using (var limit = new CancellationTokenSource(options.Patience))
        {
            while (rooms.All.Any(IsAwaited) && !limit.IsCancellationRequested)
                await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
        await upkeep.DisposeAsync();
        await cluster.DisposeAsync();
        foreach (var room in rooms.All) room.Stop();
        await Link.DisposeAsync();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => Task.Run(async () => await DisposeAsync()).GetAwaiter().GetResult();

    /// <summary>Of a room whose options are not known: nothing of it is let go, and it lives as it does.</summary>
    internal static Retention NoRetention { get; } = new(0, 0, TimeSpan.FromMilliseconds(-1), TimeSpan.Zero);

    /// <summary>By how much Redis' clock is ahead of this hub's, in milliseconds.</summary>
    internal long RedisAhead { get; set; }

    /// <summary>What the time is there, about.</summary>
    internal long RedisTime => Now != 0 ? Now : DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + RedisAhead;

    internal long NextLine() => Interlocked.Increment(ref lines);

    /// <summary>Says that this hub lives, at once.</summary>
    internal void RenewSoon() => upkeep.RenewSoon();

    internal void Need(RedisRoom room) => upkeep.Need(room);

    internal void Close(RedisRoom room)
    {
        rooms.Remove(room);
        Leave(room.Bytes);
    }

    /// <summary>Says that this hub need not be told of a room any more, unless it has it open again.</summary>
    internal void Leave(ReadOnlySpan<byte> name)
    {
        if (IsDisposed || Link.Scripts is not { } scripts || rooms.TryFind(name, out _)) return;
        _ = Link.Database.ScriptEvaluateAsync(scripts[Script.Close], [Names.Meta(name)], [HubId], CommandFlags.FireAndForget);
        // It is opened again at this moment: that must not be before.
        if (rooms.TryFind(name, out var room)) room.Post(new Looked(null));
    }

    /// <summary>A room as it is in Redis, where it begins if it is not there.</summary>
    internal RoomSync Open(RedisRoom room)
    {
        for (var tries = 0; ; tries++)
        {
            var scripts = Link.Scripts ?? throw Unavailable();
            var head = RoomSync.Head(HubId, 0, "", -1, NewEpoch(), room.Retention, Now);
            try
            {
                var sync = RoomSync.Read(Link.Database.ScriptEvaluate(scripts[Script.Sync], room.Keys, [head, options.MaxRooms]));
                Volatile.Write(ref hasOpened, true);
                if (sync.Code == ReplyCode.Taken) return sync;
                if (sync.Code == ReplyCode.OtherGeneration) Link.Lose($"Redis at {Link.Address} has begun anew.");
                else if (sync.Code == ReplyCode.TooManyRooms)
                {
                    throw new EngineException(
                        $"Redis has as many rooms as it may ({options.MaxRooms}): raise MaxRedisRooms (RedisOptions.MaxRooms) everywhere.");
                }
                else throw new EngineException($"Redis at {Link.Address} is full (OOM): raise its maxmemory, or keep less.");
            }
            catch (RedisServerException exception) when (RedisErrors.IsElsewhere(exception))
            {
                Failed(exception);
            }
            catch (RedisTimeoutException) when (!Volatile.Read(ref hasOpened) && Stopwatch.GetElapsedTime(begun) < options.Patience)
            {
                // The first: a hub that starts beside others, on a machine that is busy with that, is not to end for it.
                tries = -1;
                continue;
            }
            if (tries > 0) throw Unavailable();
            // Whoever joins waits no longer than need be: mostly it is known again at once.
            Task.Run(Link.TryReviveAsync).Wait(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>What came behind the room's head; begins a line, unless that is 0.</summary>
    internal async Task<RoomSync> SyncAsync(RedisRoom room, long line)
    {
        var scripts = Link.Scripts ?? throw Unavailable();
        var head = RoomSync.Head(HubId, line, room.Epoch, room.Head, NewEpoch(), room.Retention, Now);
        return RoomSync.Read(await Link.Database.ScriptEvaluateAsync(scripts[Script.Sync], room.Keys, [head]));
    }

    // What may be sent again and again is not waited for where nobody takes it.
    private bool IsAwaited(RedisRoom room) => room.WithLine(line => line.HasUndecided(all: Link.Scripts is not null));

    /// <summary>Looks what a failure says of the connection.</summary>
    internal void Failed(Exception exception)
    {
        if (RedisErrors.IsElsewhere(exception) || exception is RedisTimeoutException or TimeoutException)
            Link.Lose(RedisErrors.Explain(exception, Link.Address));
        else if (exception is RedisServerException && !RedisErrors.IsRefusal(exception))
        {
            // Once for each: it may come with every entry.
            if (Interlocked.Exchange(ref lastError, exception.Message) != exception.Message)
                RedisLog.ScriptFailed(Logger, exception.Message);
        }
    }

    internal async Task UntilUpAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Patience);
        while (Link.Scripts is null)
        {
            if (limit.IsCancellationRequested || IsDisposed) throw Unavailable();
            await Task.Delay(Upkeep.Tick, cancellationToken);
        }
    }

    /// <summary>Waits until a room has another epoch, as it has in Redis.</summary>
    internal async Task UntilRenewedAsync(RedisRoom room, string epoch, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Patience);
        room.Post(new Looked(null));
        while (room.EpochInMemory == epoch)
        {
            if (limit.IsCancellationRequested || IsDisposed) throw Unavailable();
            await Task.Delay(Upkeep.Tick, cancellationToken);
        }
    }

    internal EngineException Unavailable() => new(State.Wrong ?? $"Redis at {Link.Address} is being looked at: try again.");

    internal EngineException Translate(Exception exception)
    {
        Failed(exception);
        return new EngineException(RedisErrors.Explain(exception, Link.Address), exception);
    }

    internal static string NewEpoch() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(EpochBytes));

    // At the start there is time, and no thread that others need.
    private static T Wait<T>(Func<Task<T>> action) => Task.Run(action).GetAwaiter().GetResult();

    private async Task<byte[]> ReadSessionKeyAsync()
    {
        const int length = 32;
        await Link.Database.StringSetAsync(Names.SessionKey, RandomNumberGenerator.GetBytes(length), when: When.NotExists);
        return (byte[]?)await Link.Database.StringGetAsync(Names.SessionKey, CommandFlags.DemandMaster) is { Length: length } key
            ? key
            : throw new EngineException($"{Names.SessionKey} in Redis at {Link.Address} is not Kodama's: take another prefix.");
    }
}
