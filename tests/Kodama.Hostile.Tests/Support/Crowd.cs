using System.Net.Sockets;
using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary>Many connections at once. That the hub ends one of them is its right, and no error here.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    // More at a time fill the listener's backlog, and the system's retries would be measured.
    private const int AtOnce = 64;

    private readonly List<RawClient> members = [];

    public int Count => members.Count;

    /// <summary>Those that came in of so many that tried.</summary>
    public static async Task<Crowd> GatherAsync(int count, Func<Task<RawClient>> connect)
    {
        var crowd = new Crowd();
        foreach (var batch in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            var came = await Task.WhenAll(batch.Select(_ => TryAsync(connect)));
            crowd.members.AddRange(came.OfType<RawClient>());
        }
        return crowd;
    }

    /// <summary>All of them side by side.</summary>
    public Task EachAsync(Func<RawClient, Task> act) => Task.WhenAll(members.Select(member => ToleratesEndAsync(() => act(member))));

    public void Reset()
    {
        foreach (var member in members) member.Reset();
        members.Clear();
    }

    /// <summary>Does it; that the hub has ended the connection meanwhile is a fine answer to an attack.</summary>
    public static async Task ToleratesEndAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in members) await member.DisposeAsync();
    }

    private static async Task<RawClient?> TryAsync(Func<Task<RawClient>> connect)
    {
        RawClient? client = null;
        await ToleratesEndAsync(async () => client = await connect());
        return client;
    }
}
