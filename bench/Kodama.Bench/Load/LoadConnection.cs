using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Bench.Load;

/// <summary>
/// One WebSocket client. What it receives is handled where the receive completes, by one thread for all connections (see
/// <see cref="LoadGenerator"/>); sending is safe from any thread.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly LoadGenerator _load;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SendQueue _out;
    private readonly FrameReader _frames;
    private readonly PartialMessage _partial = new();
    private readonly long[] _expected;
    private State _state;
    private uint _sequence;

    public LoadConnection(LoadGenerator load, int room, int publisher, int bufferSize)
    {
        _load = load;
        Room = room;
        Publisher = publisher;
        _out = new SendQueue(_socket);
        _frames = new FrameReader(bufferSize);
        _expected = new long[load.PublishersPerRoom];
        Array.Fill(_expected, load.Options.Mode == LoadMode.Echo ? 0 : -1);
        _receive.Completed += (_, _) => Guard(completed: true);
    }

    private enum State
    {
        Upgrading,
        Greeting,
        Ready,
        Closed,
    }

    public int Room { get; }

    /// <summary>This connection's number among all publishers, or -1 where it only subscribes.</summary>
    public int Publisher { get; }

    public uint Sent => Volatile.Read(ref _sequence);

    /// <summary>What it received of its own messages, in echo mode.</summary>
    private long Returned => _expected[0];

    public void Open(IPAddress? source, IPEndPoint server, byte[] upgrade)
    {
        try
        {
            if (source is not null)
            {
                // IP_BIND_ADDRESS_NO_PORT: the port is chosen at connect, so that sources do not share one pool of ports.
                _socket.SetRawSocketOption(0, 24, BitConverter.GetBytes(1));
                _socket.Bind(new IPEndPoint(source, 0));
            }

            _socket.Connect(server);
        }
        catch (SocketException e)
        {
            throw new LoadException($"Cannot connect to {server}: {e.Message}.");
        }

        _out.Send(upgrade);
        Guard(completed: false);
    }

    /// <summary>False where too much waits to be sent already.</summary>
    public bool TryPublish() => _out.TryAdd(_load.Template, new Stamp(Stamp.Now, _sequence, (ushort)Publisher)) && ++_sequence > 0;

    public void Probe() => _out.TryAdd(_load.Template, new Stamp(Stamp.Now, Stamp.Probe, (ushort)Publisher));

    public void Ping() => _out.Send(FrameTemplate.Control(Opcode.Ping, default));

    public void Flush() => _out.Flush();

    public void Dispose()
    {
        _state = State.Closed;
        _socket.Dispose();
        _receive.Dispose();
        _out.Dispose();
    }

    // An exception must not end the thread of the completions, on which all connections depend.
    private void Guard(bool completed)
    {
        try
        {
            if (!completed || OnReceived())
                Receive();
        }
        catch (LoadException e)
        {
            _state = State.Closed;
            _load.Fail(e.Message);
        }
    }

    private void Receive()
    {
        do
        {
            _receive.SetBuffer(_frames.Free);
            try
            {
                if (_socket.ReceiveAsync(_receive))
                    return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
        while (OnReceived());
    }

    private bool OnReceived()
    {
        if (_state == State.Closed)
            return false;
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            return OnClosed();

        _frames.Filled(_receive.BytesTransferred);
        if (_state == State.Upgrading && !OnUpgraded())
            return true;

        var now = Stamp.Now;
        var returned = Returned;
        while (_frames.TryRead(out var opcode, out var final, out var payload))
        {
            switch (opcode)
            {
                case Opcode.Close:
                    return OnClosed();
                case Opcode.Ping:
                    _out.Send(FrameTemplate.Control(Opcode.Pong, payload));
                    break;
                case Opcode.Pong:
                    _load.OnPong();
                    break;
                default:
                    OnPayload(payload, final, now);
                    break;
            }
        }

        _frames.Compact();
        if (_load.Options.Mode == LoadMode.Echo && Returned != returned)
            Refill();
        return true;
    }

    private bool OnUpgraded()
    {
        if (!_frames.TryReadHead(out var head))
            return false;

        // The key is that of RFC 6455 section 1.3, and so is the answer.
        if (!head.StartsWith("HTTP/1.1 101"u8) || head.IndexOf("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8) < 0)
            throw new LoadException($"The server refused the handshake: {Encoding.ASCII.GetString(head).Split('\r')[0]}");

        if (_load.Protocol.Hello.IsEmpty)
        {
            OnReady();
        }
        else
        {
            _state = State.Greeting;
            _out.Send(FrameTemplate.Control(Opcode.Text, _load.Protocol.Hello));
        }

        return true;
    }

    private void OnReady()
    {
        _state = State.Ready;
        _load.OnReady();
    }

    private bool OnClosed()
    {
        if (_state != State.Ready)
            throw new LoadException("The server closed a connection during its handshake.");
        _state = State.Closed;
        _load.OnClosed();
        return false;
    }

    private void OnPayload(ReadOnlySpan<byte> payload, bool final, long now)
    {
        if (_load.Protocol.Separator is { } separator)
        {
            for (int end; (end = payload.IndexOf(separator)) >= 0; payload = payload[(end + 1)..])
                OnMessage(_partial.Complete(payload[..end]), now);
            _partial.Keep(payload);
        }
        else if (final)
        {
            OnMessage(_partial.Complete(payload), now);
        }
        else
        {
            _partial.Keep(payload);
        }
    }

    private void OnMessage(ReadOnlySpan<byte> message, long now)
    {
        if (_state == State.Greeting)
        {
            OnReady();
            return;
        }

        if (!Stamp.TryFind(message, out var stamp, out var rest))
            return;
        var own = stamp.Publisher == Publisher;
        var index = stamp.Publisher - (Room * _load.PublishersPerRoom);
        if (index < 0 || index >= _expected.Length || own != (_load.Options.Mode == LoadMode.Echo))
        {
            _load.Tally.Stray();
            return;
        }

        // Publishers of one room hear each other, but only what subscribers receive is counted.
        if (!own && Publisher >= 0)
            return;
        ref var expected = ref _expected[index];
        if (stamp.Sequence == Stamp.Probe)
        {
            if (expected < 0)
            {
                expected = 0;
                _load.OnJoined();
            }

            return;
        }

        var intact = rest.StartsWith(_load.Template.Padding);
        expected = _load.Tally.Deliver(stamp.Sequence, Math.Max(0, expected), intact, now - stamp.SentAt);
    }

    private void Refill()
    {
        while (!_load.Stopping && Sent - Returned < _load.Options.Depth && TryPublish())
        {
        }

        Flush();
    }
}
