using System.Net;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Load.Crowd;

/// <summary>
/// A crowd in one room, over kodama.v1: cut off at once and coming back, or joining with what was before. One thread does everything, as
/// in <see cref="LoadGenerator"/>.
/// </summary>
internal sealed class CrowdGenerator : IDisposable
{
    // Kestrel lets 512 wait to be accepted; who comes beyond that tries again after a second.
    private const int HandshakesAtOnce = 400;
    private const int Last = 100;
    private const int WarmUpRounds = 5;
    private const int Rounds = 20;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // What comes twice comes late: a moment in which it would show.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(50);

    private readonly EventLoop _loop;
    private readonly CrowdPublisher _publisher;
    private readonly CrowdReader[] _readers;
    private readonly byte[] _buffer = new byte[2 * Frame.MaxPayload];
    private long? _spokenUntil;
    private double _due;
    private long _expected;
    private int _ready;
    private int _live;

    public CrowdGenerator(LoadOptions options)
    {
        Options = options;
        Template = new FrameTemplate(new CrowdProtocol(), options.Size, binary: false);
        _readers = [.. Enumerable.Range(0, options.Connections).Select(i => new CrowdReader(this, i, before: null))];
        _publisher = new CrowdPublisher(this, _readers.Length);
        _loop = new EventLoop(Poller, OnPolled);
    }

    public LoadOptions Options { get; }

    public FrameTemplate Template { get; }

    public Tally Tally { get; } = new();

    public Poller Poller { get; } = new();

    /// <summary>Bytes that came to readers.</summary>
    public long Received { get; set; }

    private IPEndPoint Server => new(IPAddress.Loopback, Options.Port);

    public LoadResult Run(CancellationToken cancellationToken)
    {
        _publisher.Open(source: null, Server, CrowdProtocol.Path, CrowdProtocol.Subprotocol);
        Await(() => _ready == 1, "the publisher is in the room", cancellationToken);
        return Options.Mode == LoadMode.Resume ? Resume(cancellationToken) : Join(cancellationToken);
    }

    public void OnReady() => _ready++;

    public void OnLive() => _live++;

    public void Dispose()
    {
        foreach (var reader in _readers)
            reader.Dispose();
        _publisher.Dispose();
        Poller.Dispose();
    }

    private LoadResult Resume(CancellationToken cancellationToken)
    {
        Publish(Options.Kept, cancellationToken);
        Come(cancellationToken);
        var first = _readers.Sum(r => r.Last);
        _spokenUntil = Stamp.Now;
        Run(() => false, Options.WarmUp, cancellationToken);

        foreach (var reader in _readers)
            reader.Reset();
        Run(() => false, Outage, cancellationToken);
        var from = Snapshot.Take(this);
        for (var i = 0; i < _readers.Length; i++)
            _readers[i] = new CrowdReader(this, i, before: _readers[i]);
        Come(cancellationToken);
        Await(() => _live == _readers.Length, "everybody is live again", cancellationToken);
        var to = Snapshot.Take(this);

        Run(() => false, Options.Duration, cancellationToken);
        _spokenUntil = null;
        _expected = (_readers.Length * (long)_publisher.Sent) - first;
        Drain(cancellationToken);
        var seconds = (to.Time - from.Time) / 1e9;
        return Result() with
        {
            SecondsToLive = seconds,
            ServerMicrosecondsPerConnection = (to.Server.CpuSeconds - from.Server.CpuSeconds) * 1e6 / _readers.Length,
            ServerCores = (to.Server.CpuSeconds - from.Server.CpuSeconds) / seconds,
            LoadCores = (to.Load.CpuSeconds - from.Load.CpuSeconds) / seconds,
        };
    }

    private LoadResult Join(CancellationToken cancellationToken)
    {
        Come(cancellationToken);
        var (joining, atOnce, live) = (default(Cost), default(Cost), default(Cost));
        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            if (round == 0)
                (joining, atOnce, live) = (default, default, default);
            atOnce += Measure(() => Publish(Last, cancellationToken));
            live += Measure(() =>
            {
                _spokenUntil = Stamp.Now;
                Run(() => false, TimeSpan.FromSeconds(Last / Options.Rate), cancellationToken);
                _spokenUntil = null;
            });
            _ready = 0;
            foreach (var reader in _readers)
                reader.Leave();
            Await(() => _ready == _readers.Length, "everybody has left", cancellationToken);
            joining += Measure(() =>
            {
                _live = 0;
                foreach (var reader in _readers)
                    reader.Join($"\"last\":{Last}", _publisher.Sent - Last);
                _expected += (long)Last * _readers.Length;
                Await(() => _live == _readers.Length, "everybody has what was before", cancellationToken);
            });
        }

        Drain(cancellationToken);
        return Result() with
        {
            ServerNanosecondsPerByte = joining.PerByte,
            ServerNanosecondsPerByteAtOnce = atOnce.PerByte,
            ServerNanosecondsPerByteLive = live.PerByte,
        };

        Cost Measure(Action act)
        {
            var (start, sent) = (Snapshot.Take(this), _publisher.Sent);
            act();
            _expected += (long)(_publisher.Sent - sent) * _readers.Length;
            Await(() => Tally.Delivered >= _expected, "everybody has the last messages", cancellationToken);
            return Cost.Between(start, Snapshot.Take(this));
        }
    }

    /// <summary>All connect, some at a time, and are in the room.</summary>
    private void Come(CancellationToken cancellationToken)
    {
        (_ready, _live) = (0, 0);
        for (var i = 0; i < _readers.Length; i++)
        {
            Await(() => i - _ready < HandshakesAtOnce, "fewer handshakes are under way", cancellationToken);
            _readers[i].Open(WebSocketConnection.Source(Options.Sources, i), Server, CrowdProtocol.Path, CrowdProtocol.Subprotocol);
        }

        Await(() => _ready == _readers.Length, "everybody is in the room", cancellationToken);
    }

    /// <summary>So many messages at once; returns when the hub has handled them.</summary>
    private void Publish(int messages, CancellationToken cancellationToken)
    {
        var end = _publisher.Sent + messages;
        Await(IsSent, "the messages are sent", cancellationToken);
        _publisher.AskWhetherHandled();
        Await(() => _publisher.IsHandled, "the messages are handled", cancellationToken);

        bool IsSent()
        {
            while (_publisher.Sent < end && _publisher.TryPublish())
            {
            }

            _publisher.Flush();
            return _publisher.Sent == end;
        }
    }

    private void PublishDue()
    {
        if (_spokenUntil is not { } last)
            return;
        var now = Stamp.Now;
        _due += (now - last) / 1e9 * Options.Rate;
        _spokenUntil = now;
        while (_due >= 1 && _publisher.TryPublish())
            _due--;
        _publisher.Flush();
    }

    private void Drain(CancellationToken cancellationToken)
    {
        // What is missing then is in the result.
        Run(() => Tally.Delivered >= _expected, Deadline, cancellationToken);
        Run(() => false, Aftermath, cancellationToken);
    }

    private void OnPolled(int number)
    {
        if (number < _readers.Length)
            _readers[number].OnPolled(_buffer);
        else
            _publisher.OnPolled(_buffer);
    }

    private void Await(Func<bool> done, string what, CancellationToken cancellationToken)
    {
        if (!Run(done, Deadline, cancellationToken))
            throw new LoadException(
                $"It took more than {Deadline.TotalSeconds} s until {what}: {_ready} of {_readers.Length} ready, {_live} live.");
    }

    private bool Run(Func<bool> done, TimeSpan deadline, CancellationToken cancellationToken) => _loop.Run(
        () =>
        {
            PublishDue();
            return done();
        },
        deadline,
        cancellationToken);

    private LoadResult Result() => new()
    {
        Mode = Options.Mode == LoadMode.Resume ? "resume" : "join",
        Connections = _readers.Length,
        Expected = _expected,
        Got = Tally.Delivered,
        Gaps = Tally.Gaps,
        Duplicates = Tally.Duplicates,
        OutOfOrder = Tally.OutOfOrder,
        Altered = Tally.Altered,
        Strays = Tally.Strays,
    };

    private readonly record struct Snapshot(long Time, long Received, ProcessUsage Server, ProcessUsage Load)
    {
        public static Snapshot Take(CrowdGenerator crowd) => new(
            Stamp.Now,
            crowd.Received,
            ProcessUsage.Read(crowd.Options.ServerProcessId),
            ProcessUsage.Read(Environment.ProcessId));
    }

    /// <summary>CPU time of the server, and bytes that came for it.</summary>
    private readonly record struct Cost(double CpuSeconds, long Bytes)
    {
        public double PerByte => CpuSeconds * 1e9 / Math.Max(1, Bytes);

        public static Cost Between(Snapshot from, Snapshot to) =>
            new(to.Server.CpuSeconds - from.Server.CpuSeconds, to.Received - from.Received);

        public static Cost operator +(Cost left, Cost right) => new(left.CpuSeconds + right.CpuSeconds, left.Bytes + right.Bytes);
    }
}
