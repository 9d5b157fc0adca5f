using System.Net;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Load;

/// <summary>
/// Applies one load and says what came of it. One thread does everything, so that the counts need no lock and one core takes
/// millions of messages per second.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private const int HandshakesAtOnce = 200;
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan IdleSettling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private readonly EventLoop _loop;
    private readonly LoadConnection[] _connections;
    private readonly LoadConnection[] _publishers;

    // What a receive may bring, behind what the last one left of a frame.
    private readonly byte[] _buffer = new byte[2 * Frame.MaxPayload];
    private int _ready;
    private int _joined;
    private int _pongs;
    private int _closed;

    public LoadGenerator(LoadOptions options)
    {
        Options = options;
        Protocol = WireProtocol.Of(options.Protocol);
        Template = new FrameTemplate(Protocol, options.Size, options.Binary);
        PublishersPerRoom = options.Mode == LoadMode.Fanout ? options.Publishers : 1;
        _connections = [.. Connections()];
        _loop = new EventLoop(Poller, number => _connections[number].OnPolled(_buffer));
        _publishers = options.Mode == LoadMode.Idle ? [] : [.. _connections.Where(c => c.Publisher >= 0)];
    }

    public LoadOptions Options { get; }

    public WireProtocol Protocol { get; }

    public FrameTemplate Template { get; }

    public int PublishersPerRoom { get; }

    public Tally Tally { get; } = new();

    public Poller Poller { get; } = new();

    /// <summary>No more echoes are sent; those under way come home.</summary>
    public bool Stopping { get; private set; }

    private long Sent => _publishers.Sum(p => (long)p.Sent);

    private long Expected => Options.Mode == LoadMode.Fanout ? Sent * Options.Subscribers : Sent;

    public LoadResult Run(CancellationToken cancellationToken)
    {
        var before = ProcessUsage.Read(Options.ServerProcessId);
        var started = Stamp.Now;
        Open(cancellationToken);
        var opened = Seconds(started, Stamp.Now);
        if (Options.Mode == LoadMode.Idle)
            return Idle(before, opened, cancellationToken);
        if (Options.Mode == LoadMode.Fanout)
            Join(cancellationToken);
        return Measure(cancellationToken);
    }

    public void OnReady() => _ready++;

    public void OnJoined() => _joined++;

    public void OnPong() => _pongs++;

    public void OnClosed() => _closed++;

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
        Poller.Dispose();
    }

    private static double Seconds(long from, long to) => (to - from) / 1e9;

    private IEnumerable<LoadConnection> Connections()
    {
        if (Options.Mode != LoadMode.Fanout)
            return Enumerable.Range(0, Options.Connections).Select(i => new LoadConnection(this, i, room: i, publisher: i));
        var subscribers = Options.Rooms * Options.Subscribers;
        var publishers = Options.Rooms * Options.Publishers;
        return
        [
            .. Enumerable.Range(0, subscribers).Select(i => new LoadConnection(this, i, i / Options.Subscribers, -1)),
            .. Enumerable.Range(0, publishers).Select(i => new LoadConnection(this, subscribers + i, i / Options.Publishers, i)),
        ];
    }

    private void Open(CancellationToken cancellationToken)
    {
        var server = new IPEndPoint(IPAddress.Loopback, Options.Port);
        for (var i = 0; i < _connections.Length; i++)
        {
            if (!Wait(() => i - _ready < HandshakesAtOnce, ConnectDeadline, cancellationToken))
                throw new LoadException(
                    $"No handshake was answered in {ConnectDeadline.TotalSeconds} s; {_ready} of {_connections.Length} are done.");
            _connections[i].Open(WebSocketConnection.Source(Options.Sources, i), server, _connections[i].Path);
        }

        if (!Wait(() => _ready == _connections.Length, ConnectDeadline, cancellationToken))
            throw new LoadException($"Only {_ready} of {_connections.Length} connections came up in {ConnectDeadline.TotalSeconds} s.");
    }

    /// <summary>
    /// Publishes probes until every subscriber has seen one of each publisher of its room: an upgrade that is answered is not yet a
    /// join, and from then on every message counts.
    /// </summary>
    private void Join(CancellationToken cancellationToken)
    {
        var expected = Options.Rooms * Options.Subscribers * Options.Publishers;
        var started = Stamp.Now;
        do
        {
            if (Seconds(started, Stamp.Now) > JoinDeadline.TotalSeconds)
                throw new LoadException($"Only {_joined} of {expected} subscriptions received anything in {JoinDeadline.TotalSeconds} s.");
            foreach (var publisher in _publishers)
            {
                publisher.Probe();
                publisher.Flush();
            }
        }
        while (!Wait(() => _joined == expected, ProbeInterval, cancellationToken));
    }

    private LoadResult Idle(ProcessUsage before, double opened, CancellationToken cancellationToken)
    {
        Wait(() => false, IdleSettling, cancellationToken);
        var after = ProcessUsage.Read(Options.ServerProcessId);
        foreach (var connection in _connections)
        {
            connection.Ping();
            connection.Flush();
        }

        Wait(() => _pongs == _connections.Length, DrainDeadline, cancellationToken);
        var count = _connections.Length;
        return new LoadResult
        {
            Mode = "idle",
            Connections = count,
            ConnectionsPerSecond = count / opened,
            KilobytesPerConnection = (after.ResidentKilobytes - before.ResidentKilobytes) / count,
            ServerMicrosecondsPerConnection = (after.CpuSeconds - before.CpuSeconds) * 1e6 / count,
            ResidentMegabytes = after.ResidentKilobytes / 1024,
            Expected = count,
            Got = _pongs,
            Closed = _closed,
        };
    }

    private LoadResult Measure(CancellationToken cancellationToken)
    {
        var pacer = new Pacer(Options.Rate);
        if (Options.Mode == LoadMode.Echo)
        {
            foreach (var connection in _publishers)
            {
                for (var i = 0; i < Options.Depth; i++)
                    connection.TryPublish();
                connection.Flush();
            }
        }

        Drive(Options.WarmUp, pacer, cancellationToken);
        var from = Snapshot.Take(this);
        Tally.Measuring = true;
        Drive(Options.Duration, pacer, cancellationToken);
        Tally.Measuring = false;
        var to = Snapshot.Take(this);
        Stopping = true;
        Drain(cancellationToken);
        return Result(from, to);
    }

    private void Drive(TimeSpan duration, Pacer pacer, CancellationToken cancellationToken)
    {
        pacer.Restart();
        Wait(
            () =>
            {
                if (Options.Mode != LoadMode.Echo)
                    pacer.Publish(_publishers);
                return false;
            },
            duration,
            cancellationToken);
    }

    /// <summary>Waits until everything has arrived, or nothing more does for a while.</summary>
    private void Drain(CancellationToken cancellationToken)
    {
        var last = -1L;
        var started = Stamp.Now;
        while (Tally.Delivered != last && Seconds(started, Stamp.Now) < DrainDeadline.TotalSeconds)
        {
            last = Tally.Delivered;
            if (Wait(() => Tally.Delivered >= Expected, TimeSpan.FromSeconds(2), cancellationToken))
                break;
        }

        // What comes twice comes late: a moment in which it would show.
        Wait(() => false, ProbeInterval, cancellationToken);
    }

    private LoadResult Result(Snapshot from, Snapshot to)
    {
        var seconds = Seconds(from.Time, to.Time);
        var delivered = to.Delivered - from.Delivered;
        var cpu = to.Server.CpuSeconds - from.Server.CpuSeconds;
        return new LoadResult
        {
            Mode = Options.Mode.ToString().ToLowerInvariant(),
            Connections = _connections.Length,
            SentPerSecond = (to.Sent - from.Sent) / seconds,
            DeliveriesPerSecond = delivered / seconds,
            MedianMicroseconds = Tally.Latencies.Percentile(.5),
            Percentile99Microseconds = Tally.Latencies.Percentile(.99),
            ServerCores = cpu / seconds,
            ServerMicrosecondsPerDelivery = cpu * 1e6 / Math.Max(1, delivered),
            LoadCores = (to.Load.CpuSeconds - from.Load.CpuSeconds) / seconds,
            ResidentMegabytes = to.Server.ResidentKilobytes / 1024,
            Expected = Expected,
            Got = Tally.Delivered,
            Gaps = Tally.Gaps,
            Duplicates = Tally.Duplicates,
            OutOfOrder = Tally.OutOfOrder,
            Altered = Tally.Altered,
            Strays = Tally.Strays,
            Closed = _closed,
        };
    }

    /// <summary>Handles what arrives until it is done; false at the deadline.</summary>
    private bool Wait(Func<bool> done, TimeSpan deadline, CancellationToken cancellationToken) =>
        _loop.Run(done, deadline, cancellationToken);

    private readonly record struct Snapshot(long Time, long Sent, long Delivered, ProcessUsage Server, ProcessUsage Load)
    {
        public static Snapshot Take(LoadGenerator load) => new(
            Stamp.Now,
            load.Sent,
            load.Tally.Delivered,
            ProcessUsage.Read(load.Options.ServerProcessId),
            ProcessUsage.Read(Environment.ProcessId));
    }
}
