using System.Diagnostics;
using Kodama.Sqlite;
using Kodama.Sqlite.Program;

namespace Kodama.Bench.Log;

/// <summary>64 publishers of durable rooms, in this process: how long each waits for its acknowledgements.</summary>
internal sealed class DurablePublishers : IAsyncDisposable
{
    public const int Count = 64;
    public const int Outstanding = 16;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo _folder;
    private readonly SqliteEngine _engine;
    private readonly Hub _hub;
    private readonly List<(Peer Peer, Room Room)> _publishers = [];

    private DurablePublishers(string folder)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, $"kodama-bench-{Guid.NewGuid():N}"));
        _engine = new SqliteEngine(_folder.FullName);
        var options = new HubOptions { Log = { Messages = 10_000_000, Bytes = 256 * 1024 * 1024, Age = TimeSpan.FromDays(1) } };
        _hub = new Hub(options, engine: _engine);
    }

    /// <param name="folder">On the disk that is measured; what they leave in it is deleted.</param>
    /// <param name="rooms">They are spread over so many.</param>
    public static async Task<DurablePublishers> StartAsync(string folder, int rooms)
    {
        var started = new DurablePublishers(folder);
        for (var i = 0; i < Count; i++) started._publishers.Add(await NoDoor.JoinAsync(started._hub, $"room{i % rooms}"));
        await started.RunAsync(WarmUp);
        return started;
    }

    /// <summary>As many as go, each publisher with 16 under way; how long each message waited, in ms.</summary>
    public async Task<List<double>> RunAsync(TimeSpan length)
    {
        var until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var runs = _publishers.SelectMany(p => Enumerable.Range(0, Outstanding).Select(_ => FastAsync(p.Peer, p.Room, until)));
        return [.. (await Task.WhenAll(runs)).SelectMany(times => times)];
    }

    /// <summary>So many a second in all, in turn, whatever is under way; how long each message waited, in ms.</summary>
    public async Task<List<double>> RunAsync(TimeSpan length, int perSecond)
    {
        var until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var runs = _publishers.Select((p, i) => PacedAsync(p.Peer, p.Room, until, i, perSecond));
        return [.. (await Task.WhenAll(runs)).SelectMany(times => times)];
    }

    public async ValueTask DisposeAsync()
    {
        _hub.Stop();
        await _engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<List<double>> FastAsync(Peer peer, Room room, long until)
    {
        await Task.Yield();
        var times = new List<double>();
        while (Stopwatch.GetTimestamp() < until) times.Add(await PublishAsync(peer, room, Stopwatch.GetTimestamp()));
        return times;
    }

    private static async Task<List<double>> PacedAsync(Peer peer, Room room, long until, int index, int perSecond)
    {
        var interval = (long)Count * Stopwatch.Frequency / perSecond;
        var due = Stopwatch.GetTimestamp() + (index * interval / Count);
        var published = new List<Task<double>>();
        for (; due < until; due += interval)
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left) await Task.Delay(left);
            published.Add(PublishAsync(peer, room, Stopwatch.GetTimestamp()));
        }
        return [.. await Task.WhenAll(published)];
    }

    private static async Task<double> PublishAsync(Peer peer, Room room, long begun)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Hub.PublishAsync(peer, room, Payload.Of(new byte[64]), Message.DefaultEvent, batch);
        batch.Dispose();
        if (result.Pending is { } pending) result = await pending;
        return result.Offset > 0
            ? Stopwatch.GetElapsedTime(begun).TotalMilliseconds : throw new InvalidOperationException($"{result.Code}: {result.Refusal}");
    }
}
