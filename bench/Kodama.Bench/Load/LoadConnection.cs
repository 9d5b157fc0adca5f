using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Bench.Load;

/// <summary>One WebSocket client, as it speaks and as it checks what it hears. Everything happens on the thread of <see
/// cref="LoadGenerator"/>.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const long NotJoined = -1;
    private readonly LoadGenerator _load;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SendQueue _out;
    private readonly PartialMessage _partial = new();
    private readonly int _number;
    private readonly long[] _expected;
    private byte[] _unread = [];
    private string? _room;
    private State _state;
    private bool _watchesWritable;

    /// <param name="load">What it is part of.</param>
    /// <param name="number">Its own number among all connections.</param>
    /// <param name="room">Its room's number.</param>
    /// <param name="publisher">Its number among all publishers, or -1 where it only subscribes.</param>
    public LoadConnection(LoadGenerator load, int number, int room, int publisher)
    {
        _load = load;
        _number = number;
        _out = new SendQueue(_socket);
        Room = room;
        Publisher = publisher;
        _expected = new long[load.PublishersPerRoom];
        Array.Fill(_expected, load.Options.Mode == LoadMode.Echo ? 0 : NotJoined);
    }

    private enum State
    {
        Upgrading,
        Greeting,
        Ready,
        Closed,
    }

    public int Room { get; }

    public int Publisher { get; }

    /// <summary>Messages sent, and so the number of the next.</summary>
    public uint Sent { get; private set; }

    private bool Echoes => _load.Options.Mode == LoadMode.Echo;

    /// <param name="source">Where to connect from; null for anywhere.</param>
    /// <param name="server">Where to connect to.</param>
    /// <param name="upgrade">The handshake's request.</param>
    /// <param name="room">The room to ask for once it is connected; null where the address has said it.</param>
    public void Open(IPAddress? source, IPEndPoint server, byte[] upgrade, string? room)
    {
        _room = room;
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

        _socket.Blocking = false;
        _load.Poller.Watch(_socket, _number);
        _out.Add(upgrade);
        Flush();
    }

    /// <summary>False where too much waits to be sent already.</summary>
    public bool TryPublish()
    {
        if (_state != State.Ready || !_out.TryAdd(_load.Template, new Stamp(Stamp.Now, Sent, (ushort)Publisher)))
            return false;
        Sent++;
        return true;
    }

    public void Probe() => _out.TryAdd(_load.Template, new Stamp(Stamp.Now, Stamp.Probe, (ushort)Publisher));

    public void Ping() => _out.Add(FrameTemplate.Control(Opcode.Ping, default));

    public void Flush()
    {
        if (_out.IsEmpty || _state == State.Closed)
            return;
        _out.Flush();
        if (_watchesWritable == _out.IsEmpty)
        {
            _watchesWritable = !_out.IsEmpty;
            _load.Poller.Watch(_socket, _number, _watchesWritable);
        }
    }

    /// <summary>The socket can be read or written. <paramref name="buffer"/> is everybody's: what is not a whole frame is kept
    /// aside.</summary>
    public void OnPolled(byte[] buffer)
    {
        if (_state == State.Closed)
            return;
        Flush();
        _unread.CopyTo(buffer, 0);
        var count = _socket.Receive(buffer.AsSpan(_unread.Length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (count == 0)
        {
            OnClosed();
            return;
        }

        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, _unread.Length + count);
        if (_state != State.Upgrading || OnUpgraded(ref bytes))
            Read(ref bytes);
        if (_unread.Length != 0 || bytes.Length != 0)
            _unread = bytes.ToArray();
        Flush();
    }

    public void Dispose() => _socket.Dispose();

    private bool OnUpgraded(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        // The key sent is that of RFC 6455 section 1.3, and so is the answer.
        if (!bytes.StartsWith("HTTP/1.1 101"u8) || bytes[..end].IndexOf("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8) < 0)
            throw new LoadException($"The server refused the handshake: {Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)'\r')])}");
        bytes = bytes[(end + 4)..];
        if (!_load.Protocol.Greets)
        {
            OnReady();
            return true;
        }

        _state = State.Greeting;
        if (!_load.Protocol.Hello.IsEmpty)
            _out.Add(FrameTemplate.Control(Opcode.Text, _load.Protocol.Hello));
        return true;
    }

    private void Read(ref ReadOnlySpan<byte> bytes)
    {
        var now = Stamp.Now;
        while (_state != State.Closed && Frame.TryRead(ref bytes, out var frame))
        {
            switch (frame.Opcode)
            {
                case Opcode.Close:
                    OnClosed();
                    break;
                case Opcode.Ping:
                    _out.Add(FrameTemplate.Control(Opcode.Pong, frame.Payload));
                    break;
                case Opcode.Pong:
                    _load.OnPong();
                    break;
                default:
                    OnPayload(frame.Payload, frame.Final, now);
                    break;
            }
        }
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
        if (_state == State.Ready && Stamp.TryFind(message, out var stamp, out var rest))
            OnStamped(stamp, intact: rest.StartsWith(_load.Template.Padding), now);
        else
            OnOwn(message);
    }

    private void OnOwn(ReadOnlySpan<byte> message)
    {
        var (answer, isReady) = _load.Protocol.OnOwn(message);
        if (answer is not null)
            _out.Add(FrameTemplate.Control(Opcode.Text, answer));
        if (isReady && _state == State.Greeting)
            OnReady();
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
        _state = State.Ready;
        if (_room is not null)
            _out.Add(FrameTemplate.Control(Opcode.Text, _load.Protocol.Join(_room)));
        _load.OnReady();
    }

    private void OnClosed()
    {
        if (_state != State.Ready)
            throw new LoadException("The server closed a connection during its handshake.");
        _state = State.Closed;
        _socket.Close();
        _load.OnClosed();
    }
}
