using System.Diagnostics;
using System.Globalization;
using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary>
/// A peer that does nothing wrong, from an address of its own: says a number in a room that echoes, waits for it, and says the next, all
/// the time. An echo that is lost, or that takes longer than any test waits, is a fault that <see cref="StillEchoesAsync"/> throws.
/// It has a thread of its own: what is measured is the hub, and not the queue of the attackers' work in this process.
/// </summary>
internal sealed class HealthyPeer : IAsyncDisposable
{
    public const string Room = "healthy";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RawClient client;
    private readonly Stream stream;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<TimeSpan> latencies = [];
    private TaskCompletionSource? awaited;
    private int missing;
    private volatile bool ending;

    private HealthyPeer(RawClient client)
    {
        this.client = client;
        stream = client.TakeStream();
        stream.ReadTimeout = stream.WriteTimeout = (int)Patience.TotalMilliseconds;
        new Thread(Run) { IsBackground = true, Name = "healthy peer" }.Start();
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
        await await Task.WhenAny(echoed, stopped.Task).Within();
        Assert.False(stopped.Task.IsCompleted, "The healthy peer has stopped.");
    }

    public async ValueTask DisposeAsync()
    {
        ending = true;
        await stopped.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await client.DisposeAsync();
    }

    private void Run()
    {
        try
        {
            for (var number = 0; !ending; number++)
            {
                var said = number.ToString(CultureInfo.InvariantCulture);
                var frame = RawFrame.OfText(said);
                var begun = Stopwatch.GetTimestamp();
                Send(frame);
                var heard = Hear();
                var latency = Stopwatch.GetElapsedTime(begun);
                if (heard != said) throw new InvalidDataException($"The healthy peer said {said} and heard {heard}.");
                Measure(latency);
                Thread.Sleep(Pace);
            }
            stopped.SetResult();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            stopped.SetException(exception);
        }
    }

    private string Hear()
    {
        Span<byte> head = stackalloc byte[2];
        while (true)
        {
            stream.ReadExactly(head);
            if (head[1] > 125) throw new InvalidDataException($"The healthy peer was sent a frame whose second byte is {head[1]:x2}.");
            var payload = new byte[head[1]];
            stream.ReadExactly(payload);
            var frame = new RawFrame(head[0] & 0x0F, payload);
            if (frame.Opcode == RawFrame.PingOpcode) Send(RawFrame.Masked(RawFrame.PongOpcode, payload));
            else if (frame.Opcode != RawFrame.CloseOpcode) return frame.Text;
            else throw new InvalidDataException($"The hub has closed the healthy peer: {frame.CloseCode} {frame.CloseReason}");
        }
    }

    private void Send(byte[] frame)
    {
        stream.Write(frame);
        stream.Flush();
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
