using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Places that all hubs have together, such as a name that one peer may have: how many each hub holds lies in Redis, and counts while that
/// hub is heard of. What could not be told to Redis is told when it is back. Thread-safe.
/// </summary>
internal sealed class Places : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly TimeSpan AssertInterval = TimeSpan.FromMinutes(20);

    private readonly RedisEngine engine;
    private readonly string script;
    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private readonly Timer timer;
    private volatile bool isDirty;

    public Places(RedisEngine engine)
    {
        this.engine = engine;
        script = RedisScripts.Unchecked("places", engine.Names.Prefix);
        timer = new Timer(static places => ((Places)places!).Assert(), this, AssertInterval, AssertInterval);
    }

    /// <summary>Whether Redis may have something else than there is here.</summary>
    public bool IsDirty => isDirty;

    /// <inheritdoc cref="ICluster.ReserveAsync"/>
    public async ValueTask<bool?> TakeAsync(string name, int most, Action lost)
    {
        if (!await turn.WaitAsync(Patience)) return null;
        try
        {
            var places = held.GetValueOrDefault(name);
            if (await RunAsync(name, 1, isWhole: false, most) is not { } now || now < 0) return null;
            if (now <= (places?.Lost.Count ?? 0)) return false;
            if (places is null) held[name] = places = new Held(most);
            places.Lost.Add(lost);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Release(string name, Action lost) => _ = ReleaseAsync(name, lost);

    /// <summary>Tells Redis again what this hub holds, and those whose place another has got that it is lost.</summary>
    public void Assert() => _ = AssertAsync();

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await turn.WaitAsync();
    }

    private async Task ReleaseAsync(string name, Action lost)
    {
        await turn.WaitAsync();
        try
        {
            if (!held.TryGetValue(name, out var places) || !places.Lost.Remove(lost)) return;
            // Kept, where Redis does not hear of it now: it is to hear that there is none.
            if (await RunAsync(name, -1, isWhole: false, places.Most) is < 0 or null) isDirty = true;
            else if (places.Lost.Count == 0) held.Remove(name);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task AssertAsync()
    {
        var lost = new List<Action>();
        await turn.WaitAsync();
        try
        {
            isDirty = false;
            foreach (var (name, places) in held.ToList())
            {
                var now = await RunAsync(name, places.Lost.Count, isWhole: true, places.Most);
                if (now is < 0 or null)
                {
                    isDirty = true;
                    return;
                }
                // The last of them go.
                for (var i = places.Lost.Count; i > now; i--)
                {
                    lost.Add(places.Lost[^1]);
                    places.Lost.RemoveAt(places.Lost.Count - 1);
                }
                if (places.Lost.Count == 0) held.Remove(name);
            }
        }
        finally
        {
            turn.Release();
            foreach (var tell in lost) tell();
        }
    }

    private async Task<long?> RunAsync(string name, int count, bool isWhole, int most)
    {
        if (engine.Link.Scripts is null) return null;
        try
        {
            // A name may be of any length, and hold anything.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
            var running = engine.Link.Database.ScriptEvaluateAsync(
                script, [$"{engine.Names.Prefix}:n:{hash}"],
                [engine.HubId, count, isWhole ? "1" : "0", most, (long)Life.TotalMilliseconds]);
            return (long)await running.WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // It may have come to Redis all the same.
            isDirty = true;
            if (exception is not TimeoutException) engine.Failed(exception);
            return null;
        }
    }

    private sealed class Held(int most)
    {
        public int Most => most;

        public List<Action> Lost { get; } = [];
    }
}
