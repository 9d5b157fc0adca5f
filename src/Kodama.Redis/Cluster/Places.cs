using System.Security.Cryptography;
using System.Text;

namespace Kodama.Redis;

/// <summary>
/// Places that all hubs have together, such as a name that one peer may have: who holds one lies in Redis, and counts while its hub is
/// heard of. What could not be told to Redis is told when it is back. Thread-safe.
/// </summary>
internal sealed class Places : IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly TimeSpan AssertInterval = TimeSpan.FromMinutes(20);

    private readonly RedisEngine engine;
    private readonly string script;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, string Holder), Place> held = [];
    private readonly SemaphoreSlim asserting = new(1);
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
    public async ValueTask<bool?> TakeAsync(string name, string holder, int most, Action lost)
    {
        var place = new Place(most, lost);
        // Before Redis has it: whoever asserts meanwhile asserts this too.
        lock (gate) held[(name, holder)] = place;
        var answer = await RunAsync(name, holder, most);
        if (answer == 1) return true;
        lock (gate)
        {
            if (held.GetValueOrDefault((name, holder)) == place) held.Remove((name, holder));
        }
        // It may have come to Redis all the same.
        if (answer is null) _ = GiveBackAsync(name, holder);
        return answer == 0 ? false : null;
    }

    public void Release(string name, string holder)
    {
        lock (gate)
        {
            if (!held.Remove((name, holder))) return;
        }
        _ = GiveBackAsync(name, holder);
    }

    /// <summary>Tells Redis again what this hub holds, and those whose place another has got that it is lost.</summary>
    public void Assert() => _ = AssertAsync();

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await asserting.WaitAsync();
    }

    private async Task GiveBackAsync(string name, string holder)
    {
        if (await RunAsync(name, holder, 0) is not null) return;
        // Redis is to hear it later, unless it has been taken again.
        lock (gate) held.TryAdd((name, holder), Place.GivenBack);
        isDirty = true;
    }

    private async Task AssertAsync()
    {
        if (!await asserting.WaitAsync(0)) return;
        try
        {
            isDirty = false;
            List<KeyValuePair<(string Name, string Holder), Place>> all;
            lock (gate) all = [.. held];
            foreach (var chunk in all.Chunk(64))
                await Task.WhenAll(chunk.Select(one => AssertAsync(one.Key.Name, one.Key.Holder, one.Value)));
        }
        finally
        {
            asserting.Release();
        }
    }

    private async Task AssertAsync(string name, string holder, Place place)
    {
        var answer = await RunAsync(name, holder, place.Most);
        if (answer is null or < 0)
        {
            isDirty = true;
            return;
        }
        if (answer == 1 && place.Most > 0) return;
        lock (gate)
        {
            if (held.GetValueOrDefault((name, holder)) != place) return;
            held.Remove((name, holder));
        }
        if (answer == 0) place.Lost();
    }

    private Task<long?> RunAsync(string name, string holder, int most)
    {
        // A name may be of any length, and hold anything.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        return engine.TryAsync(async () => (long?)await engine.Link.Database.ScriptEvaluateAsync(
            script, [$"{engine.Names.Prefix}:n:{hash}"], [engine.HubId, holder, most, (long)Life.TotalMilliseconds]));
    }

    private sealed record Place(int Most, Action Lost)
    {
        public static readonly Place GivenBack = new(0, static () => { });
    }
}
