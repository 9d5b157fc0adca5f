using System.Diagnostics;
using System.Globalization;
using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary>
/// A peer that does nothing wrong, from an address of its own: says a number in a room that echoes, waits for it, and says the next, all
/// the time. An echo that is lost, or that takes longer than any test waits, is a fault that <see cref="StillEchoesAsync"/> throws.
/// </summary>
internal sealed class HealthyPeer : IAsyncDisposable
{
    public const string Room = "healthy";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly RawClient client;
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private readonly Task echoing;
    private List<TimeSpan> latencies = [];
    private TaskCompletionSource? awaited;
    private int missing;

    private HealthyPeer(RawClient client)
    {
        this.client = client;
        echoing = EchoAsync();
    }

    public static async Task<HealthyPeer> JoinAsync(RawClient client)
    {
        var head = await client.UpgradeAsync($"/ws/{Room}");
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return new HealthyPeer(client);
    }

    /// <summary>Forgets what was measured; the echo under way counts.</summary>
    public void BeginMeasuring()
    {
        lock (gate) latencies = [];
    }

    /// <summary>Since <see cref="BeginMeasuring"/>, in order of time.</summary>
    public IReadOnlyList<TimeSpan> Measured()
    {
        lock (gate) return [.. latencies];
    }

    /// <summary>Two more echoes: at least one of them was said after the call.</summary>
    public async Task StillEchoesAsync()
    {
        Task echoed;
        lock (gate)
        {
            missing = 2;
            awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            echoed = awaited.Task;
        }
        await await Task.WhenAny(echoed, echoing).Within();
        Assert.False(echoing.IsCompleted, "The healthy peer has stopped.");
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await echoing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await client.DisposeAsync();
        ending.Dispose();
    }

    private async Task EchoAsync()
    {
        using var pace = new PeriodicTimer(Pace);
        for (var number = 0; !ending.IsCancellationRequested; number++)
        {
            var said = number.ToString(CultureInfo.InvariantCulture);
            var begun = Stopwatch.GetTimestamp();
            await client.SendAsync(RawFrame.OfText(said));
            var heard = await HearAsync();
            if (heard != said) throw new InvalidDataException($"The healthy peer said {said} and heard {heard}.");
            Measure(Stopwatch.GetElapsedTime(begun));
            await pace.WaitForNextTickAsync();
        }
    }

    private async Task<string> HearAsync()
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync() ?? throw new EndOfStreamException("The hub has ended the healthy peer's connection.");
            if (frame.Opcode == RawFrame.PingOpcode) await client.SendAsync(RawFrame.Masked(RawFrame.PongOpcode, frame.Payload));
            else if (frame.Opcode != RawFrame.CloseOpcode) return frame.Text;
            else throw new InvalidDataException($"The hub has closed the healthy peer: {frame.CloseCode} {frame.CloseReason}");
        }
    }

    private void Measure(TimeSpan latency)
    {
        lock (gate)
        {
            latencies.Add(latency);
            if (missing > 0 && --missing == 0) awaited!.TrySetResult();
        }
    }
}
