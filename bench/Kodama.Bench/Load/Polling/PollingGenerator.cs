using System.Net;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Load.Polling;

/// <summary>Applies the load of clients that poll and post, and says what came of it. One thread does everything, as in <see
/// cref="LoadGenerator"/>.</summary>
internal sealed class PollingGenerator : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(5);

    // What comes twice comes late: a moment in which it would show.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(50);

    private readonly EventLoop _loop;
    private readonly PollingSession[] _sessions;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _ready;
    private long _answered;

    public PollingGenerator(LoadOptions options)
    {
        Options = options;
        Protocol = WireProtocol.Of(options.Protocol);
        Padding = new byte[options.Size - Stamp.Length];
        Padding.AsSpan().Fill((byte)'x');
        _sessions = [.. Enumerable.Range(0, options.Connections).Select(i => new PollingSession(this, i))];
        _loop = new EventLoop(Poller, number => _sessions[number / 2].OnReadable(isPost: number % 2 == 1, _buffer));
    }

    public LoadOptions Options { get; }

    public WireProtocol Protocol { get; }

    /// <summary>What follows the stamp in every message.</summary>
    public byte[] Padding { get; }

    public Tally Tally { get; } = new();

    public Poller Poller { get; } = new();

    /// <summary>No more messages are sent; those under way come home.</summary>
    public bool Stopping { get; private set; }

    private long Sent => _sessions.Sum(s => (long)s.Sent);

    public LoadResult Run(CancellationToken cancellationToken)
    {
        foreach (var session in _sessions)
            session.Open(new IPEndPoint(IPAddress.Loopback, Options.Port));
        if (!_loop.Run(() => _ready == _sessions.Length, ConnectDeadline, cancellationToken))
            throw new LoadException($"Only {_ready} of {_sessions.Length} sessions came up in {ConnectDeadline.TotalSeconds} s.");
        foreach (var session in _sessions)
            session.SendMessage();

        _loop.Run(() => false, Options.WarmUp, cancellationToken);
        var from = Snapshot.Take(this);
        Tally.Measuring = true;
        _loop.Run(() => false, Options.Duration, cancellationToken);
        Tally.Measuring = false;
        var to = Snapshot.Take(this);
        Stopping = true;
        _loop.Run(() => Tally.Delivered >= Sent, DrainDeadline, cancellationToken);
        _loop.Run(() => false, Aftermath, cancellationToken);
        return Result(from, to);
    }

    public void OnReady() => _ready++;

    public void OnAnswered() => _answered++;

    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
        Poller.Dispose();
    }

    private LoadResult Result(Snapshot from, Snapshot to)
    {
        var seconds = (to.Time - from.Time) / 1e9;
        var answered = to.Answered - from.Answered;
        var cpu = to.Server.CpuSeconds - from.Server.CpuSeconds;
        return new LoadResult
        {
            Mode = "polling",
            Connections = _sessions.Length,
            RequestsPerSecond = answered / seconds,
            DeliveriesPerSecond = (to.Delivered - from.Delivered) / seconds,
            MedianMicroseconds = Tally.Latencies.Percentile(.5),
            Percentile99Microseconds = Tally.Latencies.Percentile(.99),
            ServerCores = cpu / seconds,
            ServerMicrosecondsPerRequest = cpu * 1e6 / Math.Max(1, answered),
            LoadCores = (to.Load.CpuSeconds - from.Load.CpuSeconds) / seconds,
            ResidentMegabytes = to.Server.ResidentKilobytes / 1024,
            Expected = Sent,
            Got = Tally.Delivered,
            Gaps = Tally.Gaps,
            Duplicates = Tally.Duplicates,
            OutOfOrder = Tally.OutOfOrder,
            Altered = Tally.Altered,
            Strays = Tally.Strays,
        };
    }

    private readonly record struct Snapshot(long Time, long Answered, long Delivered, ProcessUsage Server, ProcessUsage Load)
    {
        public static Snapshot Take(PollingGenerator load) => new(
            Stamp.Now,
            load._answered,
            load.Tally.Delivered,
            ProcessUsage.Read(load.Options.ServerProcessId),
            ProcessUsage.Read(Environment.ProcessId));
    }
}
