namespace Kodama.Redis.Tests;

/// <summary>One redis-server for the tests that leave it as it is, each with a prefix of its own.</summary>
public sealed class SharedServer : IDisposable
{
    private readonly Lazy<RedisServer> server = new(static () => new RedisServer());

    public string Address => server.Value.Address;

    internal RedisServer Server => server.Value;

    public void Dispose()
    {
        if (server.IsValueCreated) server.Value.Dispose();
    }
}
