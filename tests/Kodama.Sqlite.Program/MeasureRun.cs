using System.Diagnostics;
using System.Globalization;

namespace Kodama.Sqlite.Program;

/// <summary>What acknowledgement costs: messages of 64 bytes, as many as go, and 2,000 a second.</summary>
internal static class MeasureRun
{
    private const int Publishers = 64;
    private const int Outstanding = 16;
    private const int Rate = 2000;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string folder)
    {
        foreach (var rooms in new[] { 1, Publishers })
        {
            await using var engine = new SqliteEngine(Path.Combine(folder, $"{rooms}"));
            var hub = new Hub(PublishRun.Options, engine: engine);
            await RunAsync(hub, rooms, Warmup, paced: false);
            var fast = await RunAsync(hub, rooms, Length, paced: false);
            var paced = await RunAsync(hub, rooms, Length, paced: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rooms} rooms: {fast.Count / Length.TotalSeconds:#,0} acknowledged/s"));
            var (half, most) = (Percentile(paced, 50), Percentile(paced, 99));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  at {Rate}/s p50 {half:0.0} ms, p99 {most:0.0} ms of {paced.Count}"));
            hub.Stop();
        }
        return 0;
    }

    private static async Task<List<double>> RunAsync(Hub hub, int rooms, TimeSpan length, bool paced)
    {
        var until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var runs = new List<Task<List<double>>>();
        for (var p = 0; p < Publishers; p++)
        {
            var (peer, room) = await NoDoor.JoinAsync(hub, $"room{p % rooms}");
            if (paced) runs.Add(PacedAsync(peer, room, until, p));
            else for (var i = 0; i < Outstanding; i++) runs.Add(FastAsync(peer, room, until));
        }
        return [.. (await Task.WhenAll(runs)).SelectMany(times => times)];
    }

    private static async Task<List<double>> FastAsync(Peer peer, Room room, long until)
    {
        await Task.Yield();
        var times = new List<double>();
        while (Stopwatch.GetTimestamp() < until) times.Add(await PublishAsync(peer, room, Stopwatch.GetTimestamp()));
        return times;
    }

    private static async Task<List<double>> PacedAsync(Peer peer, Room room, long until, int index)
    {
        var interval = (long)Publishers * Stopwatch.Frequency / Rate;
        var due = Stopwatch.GetTimestamp() + (index * interval / Publishers);
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
        var result = await peer.Hub.PublishAsync(peer, room, Payload.Binary(new byte[64]), Message.DefaultEvent, batch);
        batch.Dispose();
        if (result.Pending is { } pending) result = await pending;
        return result.Offset > 0
            ? Stopwatch.GetElapsedTime(begun).TotalMilliseconds : throw new InvalidOperationException($"{result.Code}: {result.Refusal}");
    }

    private static double Percentile(List<double> times, int percent)
    {
        times.Sort();
        return times[(int)((times.Count - 1) * percent / 100.0)];
    }
}
