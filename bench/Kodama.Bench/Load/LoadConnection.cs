namespace Kodama.Bench.Load;

/// <summary>One client, as it speaks and as it checks what it hears. Everything happens on the thread of
/// <see cref="LoadGenerator"/>.</summary>
internal sealed class LoadConnection : WebSocketConnection
{
    private const long NotJoined = -1;
    private readonly LoadGenerator _load;
    private readonly string? _room;
    private readonly long[] _expected;
    private readonly Queue<long> _unacknowledged = [];
    private bool _isReady;

    /// <param name="load">What it is part of.</param>
    /// <param name="number">Its own number among all connections.</param>
    /// <param name="room">Its room's number.</param>
    /// <param name="publisher">Its number among all publishers, or -1 where it only subscribes.</param>
    public LoadConnection(LoadGenerator load, int number, int room, int publisher)
        : base(load.Poller, number, load.Options.Tls ? new TlsLayer(load.Options.Resumes) : null)
    {
        _load = load;
        Room = room;
        Publisher = publisher;
        (Path, _room) = load.Options.AddressOf(room);
        _expected = new long[load.PublishersPerRoom];
        Array.Fill(_expected, load.Options.Mode == LoadMode.Fanout ? NotJoined : 0);
    }

    /// <summary>Where to connect to.</summary>
    public string Path { get; }

    public int Room { get; }

    public int Publisher { get; }

    /// <summary>Messages sent, and so the number of the next.</summary>
    public uint Sent { get; private set; }

    private bool Waits => _load.Options.Mode == LoadMode.Acks;

    private bool Echoes => _load.Options.Mode == LoadMode.Echo;

    /// <summary>False where too much waits to be sent already.</summary>
    public bool TryPublish()
    {
        if (!_isReady || IsClosed || !Out.TryAdd(_load.Template, new Stamp(Stamp.Now, Sent, (ushort)Publisher)))
            return false;
        if (Waits)
            _unacknowledged.Enqueue(Stamp.Now);
        Sent++;
        return true;
    }

    public void Probe() => Out.TryAdd(_load.Template, new Stamp(Stamp.Now, Stamp.Probe, (ushort)Publisher));

    public void Ping() => Out.Add(FrameTemplate.Control(Opcode.Ping, default));

    protected override void OnUpgraded()
    {
        if (!_load.Protocol.Greets)
            OnReady();
        else if (!_load.Protocol.Hello.IsEmpty)
            Out.Add(FrameTemplate.Control(Opcode.Text, _load.Protocol.Hello));
    }

    protected override void OnPayload(ReadOnlySpan<byte> payload, bool final, long now)
    {
        if (_load.Protocol.Separator is not { } separator)
        {
            base.OnPayload(payload, final, now);
            return;
        }

        for (int end; (end = payload.IndexOf(separator)) >= 0; payload = payload[(end + 1)..])
            OnMessage(Partial.Complete(payload[..end]), now);
        Partial.Keep(payload);
    }

    protected override void OnMessage(ReadOnlySpan<byte> message, long now)
    {
        if (Waits && _load.Protocol.AcknowledgedBy(message) is { } sequence)
            OnAcknowledged(sequence, now);
        else if (_isReady && Stamp.TryFind(message, out var stamp, out var rest))
            OnStamped(stamp, intact: rest.StartsWith(_load.Template.Padding), now);
        else
            OnOwn(message);
    }

    protected override void OnPong() => _load.OnPong();

    protected override void OnClosed(string how)
    {
        if (!_isReady)
            throw new LoadException($"The server closed a connection before it was ready: {how}.");
        _load.OnClosed();
    }

    private void OnOwn(ReadOnlySpan<byte> message)
    {
        var (answer, isReady) = _load.Protocol.OnOwn(message);
        if (answer is not null)
            Out.Add(FrameTemplate.Control(Opcode.Text, answer));
        if (isReady && !_isReady)
            OnReady();
    }

    private void OnAcknowledged(uint sequence, long now)
    {
        ref var expected = ref _expected[0];
        var sentAt = _unacknowledged.TryDequeue(out var first) ? first : now;
        expected = _load.Tally.Deliver(sequence, expected, intact: true, now - sentAt);
    }

    private void OnStamped(Stamp stamp, bool intact, long now)
    {
        var own = stamp.Publisher == Publisher;
        var index = stamp.Publisher - (Room * _load.PublishersPerRoom);
        if (index < 0 || index >= _expected.Length || own != Echoes)
        {
            _load.Tally.Stray();
            return;
        }

        // Publishers of one room hear each other, but only what subscribers receive is counted.
        if (Publisher >= 0 && !Echoes)
            return;
        ref var expected = ref _expected[index];
        if (stamp.Sequence == Stamp.Probe)
        {
            if (expected == NotJoined)
            {
                expected = 0;
                _load.OnJoined();
            }

            return;
        }

        expected = _load.Tally.Deliver(stamp.Sequence, Math.Max(0, expected), intact, now - stamp.SentAt);
        if (Echoes && !_load.Stopping && Sent - expected < _load.Options.Depth)
            TryPublish();
    }

    private void OnReady()
    {
        _isReady = true;
        if (_room is not null)
            Out.Add(FrameTemplate.Control(Opcode.Text, _load.Protocol.Join(_room)));
        _load.OnReady();
    }
}
