using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// The connection to Redis, and the scripts that were checked on the server behind it. Without these nothing is done: they are what tells
/// that it is the server whose data are known. Thread-safe.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly ConnectionMultiplexer connection;
    private readonly RedisNames names;
    private readonly ILogger logger;
    private readonly SemaphoreSlim confirming = new(1);
    private readonly Lock changing = new();
    private LoadedScripts? scripts;
    private LoadedScripts? lastScripts;
    private EngineCondition state;
    private int isDisposed;

    private RedisLink(ConnectionMultiplexer connection, RedisNames names, string address, ILogger logger)
    {
        this.connection = connection;
        this.names = names;
        this.logger = logger;
        Address = address;
        Database = connection.GetDatabase();
        state = new EngineCondition($"Redis at {address} was not asked yet.", DateTimeOffset.UtcNow, null);
        connection.ConnectionFailed += (_, failed) =>
        {
            if (failed.ConnectionType == ConnectionType.Interactive) Lose($"Redis at {Address} cannot be reached.");
            else WentDown?.Invoke();
        };
        connection.ConnectionRestored += (_, _) => CameUp?.Invoke();
    }

    /// <summary>Raised on any thread when it is up again: there may be other data behind it.</summary>
    public event Action? CameUp;

    /// <summary>Raised on any thread when nothing can be done, or nothing is heard. May be raised more than once.</summary>
    public event Action? WentDown;

    /// <summary>Where it is, without secrets.</summary>
    public string Address { get; }

    public IDatabase Database { get; }

    /// <summary>Whether what channels tell comes.</summary>
    public bool IsHearing => Subscriber.IsConnected(RedisChannel.Literal(names.Prefix));

    private ISubscriber Subscriber => connection.GetSubscriber();

    /// <summary>What can be run now; null, while nothing can.</summary>
    public LoadedScripts? Scripts => Volatile.Read(ref scripts);

    /// <summary>How it stands, with the address.</summary>
    public EngineCondition State => Volatile.Read(ref state);

    /// <summary>The same for those who need not know where Redis is.</summary>
    public string WithoutAddress(string text) => text.Replace($" at {Address}", "", StringComparison.Ordinal);

    /// <summary>How long it has been down, or zero.</summary>
    public TimeSpan DownFor => State is { Wrong: not null, Since: var since } ? DateTimeOffset.UtcNow - since : TimeSpan.Zero;

    /// <exception cref="EngineException">It cannot be reached or used.</exception>
    public static RedisLink Connect(ConfigurationOptions configuration, RedisNames names, RedisOptions options, ILogger logger)
    {
        var address = string.Join(", ", configuration.EndPoints.Select(Text));
        Complete(configuration, options);
        try
        {
            var link = new RedisLink(ConnectionMultiplexer.Connect(configuration), names, address, logger);
            try
            {
                Task.Run(link.ConfirmAsync).GetAwaiter().GetResult();
                return link;
            }
            catch
            {
                link.connection.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or InvalidOperationException)
        {
            throw new EngineException(RedisErrors.ExplainStart(exception, address), exception);
        }
    }

    /// <summary>A script was not there, or a connection has broken: what is behind it has to be looked at anew.</summary>
    public void Lose(string why)
    {
        lock (changing)
        {
            if (Interlocked.Exchange(ref scripts, null) is null && State.Wrong is not null) return;
            if (Volatile.Read(ref isDisposed) != 0) return;
            Volatile.Write(ref state, new EngineCondition(why, DateTimeOffset.UtcNow, State.Warning));
        }
        RedisLog.Down(logger, why);
        WentDown?.Invoke();
    }

    /// <summary>Looks whether it can be used again, if it is down. Never fails.</summary>
    public async Task TryReviveAsync()
    {
        if (Scripts is not null || !connection.IsConnected) return;
        try
        {
            await ConfirmAsync();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or InvalidOperationException or EngineException)
        {
            var why = exception is EngineException ? exception.Message : RedisErrors.Explain(exception, Address);
            if (State is { Wrong: { } known } down && known != why) Volatile.Write(ref state, down with { Wrong = why });
        }
    }

    /// <summary>Looks at what Redis is told to keep on its disk: it may be told otherwise while it runs.</summary>
    public async Task LookAgainAsync()
    {
        if (Scripts is not { } known) return;
        var server = Server();
        var found = await ServerFacts.ReadAsync(server);
        if (found.Life != known.Life || found.Refuse(Address) is not null)
            Lose(found.Refuse(Address) ?? $"Redis at {Address} is another server than before.");
        else if (State is { Wrong: null } up && up.Warning != found.Durability)
            Volatile.Write(ref state, up with { Warning = found.Durability });
    }

    /// <summary>Hears what a channel tells from now on, one after another. Answers true.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="hear">Is called on any thread.</param>
    /// <param name="patience">How long the connection is waited for, by which it goes: it is made a little later than the other.</param>
    public async Task<bool> ListenAsync(RedisChannel channel, Action<RedisValue> hear, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (true)
        {
            try
            {
                (await Subscriber.SubscribeAsync(channel)).OnMessage(message => hear(message.Message));
                return true;
            }
            catch (RedisConnectionException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(Upkeep.Tick);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0) return;
        await connection.DisposeAsync();
        confirming.Dispose();
    }

    private static void Complete(ConfigurationOptions configuration, RedisOptions options)
    {
        OwnThreads.Use(configuration);
        // What waits is this engine's to hold, and to send again where it is known that it did not arrive.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.AbortOnConnectFail = true;
        configuration.AllowAdmin = true;
        configuration.AsyncTimeout = (int)options.Patience.TotalMilliseconds;
        // A thread waits so long for it, where a room is opened.
        configuration.SyncTimeout = Math.Min(configuration.AsyncTimeout, 1000);
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        configuration.KeepAlive = 5;
        configuration.ClientName ??= "kodama";
    }

    private static string Text(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => endPoint.ToString() ?? "",
    };

    // The one that has the slot of all keys.
    private IServer Server() => connection.GetServer(names.Generation, asyncState: null, CommandFlags.DemandMaster);

    private async Task ConfirmAsync()
    {
        await confirming.WaitAsync();
        try
        {
            if (Scripts is not null) return;
            var server = Server();
            var facts = await ServerFacts.ReadAsync(server);
            if (facts.Refuse(Address) is { } refusal) throw new EngineException(refusal);
            var before = (string?)await Database.HashGetAsync(names.Generation, "gen", CommandFlags.DemandMaster);
            var generation = (string?)await Database.ScriptEvaluateAsync(
                RedisScripts.Confirm, [names.Generation],
                [facts.Life.RunId, facts.Life.ReplicationId, Random(6)])
                ?? throw new EngineException($"Redis at {Address} is another server than a moment ago: try again.");
            // The same texts again, where they are there still: each new one stays in the server's memory.
            var isLast = lastScripts is { } last && last.Life == facts.Life && last.Generation == generation
                && await AreThereAsync(server, last);
            lastScripts = isLast ? lastScripts! : await LoadAsync(server, facts.Life, generation);
            if (before is not null && before != generation) RedisLog.NewGeneration(logger, Address);
            Take(lastScripts, facts);
        }
        finally
        {
            confirming.Release();
        }
        CameUp?.Invoke();
    }

    private void Take(LoadedScripts loaded, ServerFacts facts)
    {
        var before = State;
        lock (changing)
        {
            Volatile.Write(ref state, new EngineCondition(null, DateTimeOffset.UtcNow, facts.Durability));
            Volatile.Write(ref scripts, loaded);
        }
        if (before.Warning is null && facts.Durability is not null) RedisLog.MayLose(logger, facts.Durability);
        if (before.Wrong is not null && before.Warning is not null)
            RedisLog.Up(logger, Address, (long)(DateTimeOffset.UtcNow - before.Since).TotalSeconds);
    }

    /// <summary>Each text holds what is used once, and is used only after it has found itself on the server that it names.</summary>
    private async Task<LoadedScripts> LoadAsync(IServer server, ServerLife life, string generation)
    {
        var hashes = new List<byte[]>();
        foreach (var script in Enum.GetNames<Script>())
        {
            var text = RedisScripts.Compose(script.ToLowerInvariant(), names.Prefix, life, generation, Random(12));
            hashes.Add(await server.ScriptLoadAsync(text));
            if (!await IsThereAsync(server, hashes[^1]))
                throw new EngineException($"Redis at {Address} is another server than a moment ago: try again.");
        }
        return new LoadedScripts(life, generation, hashes);
    }

    private static async Task<bool> AreThereAsync(IServer server, LoadedScripts scripts)
    {
        foreach (var hash in scripts.Hashes)
        {
            if (!await IsThereAsync(server, hash)) return false;
        }
        return true;
    }

    private static async Task<bool> IsThereAsync(IServer server, byte[] hash)
    {
        try
        {
            return (long)await server.ExecuteAsync("EVALSHA", Convert.ToHexStringLower(hash), "0") == 1;
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
