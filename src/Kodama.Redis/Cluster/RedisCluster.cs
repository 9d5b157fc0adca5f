using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading.Channels;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What hubs tell and ask each other through Redis (docs/specs/cluster.md, Hubs): a channel for all, and one for each.</summary>
internal sealed class RedisCluster : ICluster, IAsyncDisposable
{
    private const int Lanes = 8;

    // What waits to be done of what others ask; more is dropped, and they miss the answer.
    private const int MostWaiting = 4096;

    private readonly RedisEngine engine;
    private readonly Places places;
    private readonly Tallies tallies;
    private readonly ConcurrentDictionary<ulong, ClusterQuestion> questions = new();
    private readonly Func<string, ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>?>>?[] handlers =
        new Func<string, ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>?>>?[256];
    private readonly Channel<ClusterFrame>[] lanes;
    private readonly Task[] working;
    private IReadOnlyList<ClusterHub> hubs = [];
    private ulong numbers;
    private long renewedAt = Stopwatch.GetTimestamp();

    public RedisCluster(RedisEngine engine)
    {
        this.engine = engine;
        places = new Places(engine);
        tallies = new Tallies(engine);
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(engine.SessionKey.Span, "kodama cluster"u8)[..8]);
        lanes = [.. Enumerable.Range(0, Lanes).Select(static _ => Channel.CreateBounded<ClusterFrame>(
            new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite }))];
        working = [.. lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader)))];
    }

    public event Action? Changed;

    public event Action? Returned;

    public string Id { get; }

    public string HubId => engine.HubId;

    public IReadOnlyList<ClusterHub> Hubs => Volatile.Read(ref hubs);

    public bool IsReachable => engine.Link.Scripts is not null;

    /// <summary>Hears what others tell from now on. Answers true.</summary>
    public async Task<bool> OpenAsync() =>
        await engine.Link.ListenAsync(ToAll, Hear, engine.Patience) && await engine.Link.ListenAsync(To(HubId), Hear, engine.Patience);

    public void Announce(string about) => engine.Announce(about);

    public void Handle(byte kind, Func<string, ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>?>> handler)
    {
        ArgumentOutOfRangeException.ThrowIfZero(kind);
        if (Interlocked.CompareExchange(ref handlers[kind], handler, null) is not null)
            throw new InvalidOperationException($"Kind {kind} has a handler already.");
    }

    public void Tell(byte kind, ReadOnlyMemory<byte> what, string? hub)
    {
        ThrowIfTooLarge(what);
        if (!IsReachable) return;
        try
        {
            var to = hub is null ? ToAll : To(hub);
            engine.Link.Database.Publish(to, new ClusterFrame(HubId, kind, 0, what).Write(), CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // As if it had not arrived.
        }
    }

    public async Task<ClusterAnswers> AskAsync(byte kind, ReadOnlyMemory<byte> question, Func<ReadOnlyMemory<byte>, bool>? isEnough)
    {
        ThrowIfTooLarge(question);
        var number = Interlocked.Increment(ref numbers);
        var asked = new ClusterQuestion(isEnough);
        if (IsReachable)
        {
            questions[number] = asked;
            try
            {
                var publishing = engine.Link.Database.PublishAsync(ToAll, new ClusterFrame(HubId, kind, number, question).Write());
                var limit = Task.Delay(BoundedCalls.Patience);
                if (await Task.WhenAny(publishing, limit) == publishing)
                {
                    asked.SetAsked(await publishing);
                    await Task.WhenAny(asked.Done, limit);
                }
                else
                {
                    _ = publishing.ContinueWith(static late => late.Exception, TaskScheduler.Default);
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
            {
                engine.Failed(exception);
            }
            finally
            {
                questions.TryRemove(number, out _);
            }
        }
        return asked.Read(Hubs.Select(static hub => hub.Id).Where(hub => hub != HubId));
    }

    public async ValueTask<long?> NumberAsync() =>
        await engine.TryAsync(async () => (long?)await engine.Link.Database.StringIncrementAsync($"{engine.Names.Prefix}:seats"));

    public async ValueTask<bool> LeaveAsync(string name, ReadOnlyMemory<byte> what, TimeSpan life)
    {
        ThrowIfTooLarge(what);
        var database = engine.Link.Database;
        return await engine.TryAsync(async () =>
        {
            if (!what.IsEmpty) return await database.StringSetAsync(Left(name), what, life);
            await database.KeyDeleteAsync(Left(name));
            return true;
        });
    }

    public async ValueTask<ReadOnlyMemory<byte>?> TakeAsync(string name)
    {
        var taken = await engine.TryAsync(() => engine.Link.Database.StringGetDeleteAsync(Left(name)));
        return taken.IsNull ? null : (ReadOnlyMemory<byte>)taken;
    }

    public ValueTask<bool?> ReserveAsync(string name, string holder, int most, Action lost) => places.TakeAsync(name, holder, most, lost);

    public void Release(string name, string holder) => places.Release(name, holder);

    public ValueTask<long?> CountAsync(string name, long here) => tallies.CountAsync(name, here);

    public ValueTask<(ClusterTurn Turn, IReadOnlyList<string> Gone)?> TurnAsync(string name, long step) => tallies.TurnAsync(name, step);

    public ValueTask<IReadOnlyList<string>?> BegunAsync() => tallies.BegunAsync();

    public ValueTask<bool?> NoteAsync(string name, string part, long place, bool isThere, long step) =>
        tallies.NoteAsync(name, part, place, isThere, step);

    /// <summary>The hubs have been looked at.</summary>
    public void Renewed()
    {
        // Another may have taken this hub for dead meanwhile, and given its places away.
        var since = Stopwatch.GetElapsedTime(Interlocked.Exchange(ref renewedAt, Stopwatch.GetTimestamp()));
        if (places.IsDirty || since > engine.Lease) places.Assert();
        var before = Hubs;
        IReadOnlyList<ClusterHub> now = [.. engine.Hubs.Select(static hub => new ClusterHub(hub.Key, hub.Value)).OrderBy(
            static hub => hub.Id, StringComparer.Ordinal)];
        if (before.SequenceEqual(now)) return;
        Volatile.Write(ref hubs, now);
        Changed?.Invoke();
    }

    /// <summary>Redis is back, or this hub's lease is another: what it holds is asserted again.</summary>
    public void Assert()
    {
        places.Assert();
        Returned?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) lane.Writer.TryComplete();
        await Task.WhenAll(working);
        await places.DisposeAsync();
    }

    private RedisChannel ToAll => RedisChannel.Literal($"{engine.Names.Prefix}:all");

    private RedisChannel To(string hub) => RedisChannel.Literal($"{engine.Names.Prefix}:to:{hub}");

    private string Left(string name) => $"{engine.Names.Prefix}:l:{name}";

    private static void ThrowIfTooLarge(ReadOnlyMemory<byte> what) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(what.Length, ICluster.MostBytes, nameof(what));

    private void Hear(RedisValue message)
    {
        if (ClusterFrame.Read((ReadOnlyMemory<byte>)message) is not { } frame) return;
        if (frame.Sender == HubId)
        {
            if (questions.TryGetValue(frame.Number, out var own)) own.Add(HubId, null);
        }
        else if (frame.Kind == ClusterFrame.Answer)
        {
            if (questions.TryGetValue(frame.Number, out var asked)) asked.Add(frame.Sender, frame.What);
        }
        else if (handlers[frame.Kind] is not null)
        {
            lanes[(uint)string.GetHashCode(frame.Sender) % Lanes].Writer.TryWrite(frame);
        }
        else if (frame.Number != 0)
        {
            Answer(frame, default);
        }
    }

    private async Task WorkAsync(ChannelReader<ClusterFrame> reader)
    {
        await foreach (var frame in reader.ReadAllAsync())
        {
            try
            {
                var answer = await handlers[frame.Kind]!(frame.Sender, frame.What);
                if (frame.Number != 0) Answer(frame, answer ?? default);
            }
            catch (Exception exception)
            {
                RedisLog.TellingFailed(engine.Logger, frame.Kind, frame.Sender, exception);
            }
        }
    }

    private void Answer(in ClusterFrame question, ReadOnlyMemory<byte> what)
    {
        ThrowIfTooLarge(what);
        try
        {
            engine.Link.Database.Publish(
                To(question.Sender), new ClusterFrame(HubId, ClusterFrame.Answer, question.Number, what).Write(),
                CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // This hub will be missed.
        }
    }
}
