using Kodama;
using Kodama.Redis;

namespace Example;

/// <summary>A room of two hubs.</summary>
public static class ReadmeExample
{
    public static async Task RunAsync(string redis, TextWriter screen)
    {
        await using var here = new RedisEngine(redis);
        await using var there = new RedisEngine(redis);
        var (one, other) = (new Hub(engine: here), new Hub(engine: there));

        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var reading = ReadAsync(other, screen, enough.Token);
        await one.PublishAsync(new PeerDescription { Door = "example", Encoder = Nobody.Instance }, "board", "Coffee is ready", "note");
        await other.PublishAsync(new PeerDescription { Door = "example", Encoder = Nobody.Instance }, "board", "It is gone", "note");
        await reading;

        one.Stop();
        other.Stop();
    }

    private static async Task ReadAsync(Hub hub, TextWriter screen, CancellationToken cancellationToken)
    {
        await foreach (var page in hub.ListenAsync("board", Start.Last(10), cancellationToken))
        {
            foreach (var entry in page.Entries) screen.WriteLine($"{entry.Offset} {entry.Payload}");
            if (page.UpTo.Offset == 2) return;
        }
    }

    private sealed class Nobody : IMessageEncoder
    {
        public static readonly Nobody Instance = new();

        public Frame Encode(in Message message) => default;
    }
}
