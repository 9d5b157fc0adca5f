using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Bench.Load;

/// <summary>A WebSocket client: its handshake, and the messages that come. Everything happens on the thread that polls.</summary>
internal abstract class WebSocketConnection : IDisposable
{
    private readonly Poller _poller;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TlsLayer? _tls;
    private byte[] _unread = [];
    private byte[]? _request;
    private bool _isUpgraded;
    private bool _watchesWritable;

    /// <param name="poller">What asks for it.</param>
    /// <param name="number">Its own number among all connections.</param>
    /// <param name="tls">TLS below it, or null.</param>
    protected WebSocketConnection(Poller poller, int number, TlsLayer? tls = null)
    {
        _poller = poller;
        _tls = tls;
        Number = number;
        Out = new SendQueue(_socket, tls);
    }

    /// <summary>Its own among all connections.</summary>
    protected int Number { get; }

    protected SendQueue Out { get; }

    /// <summary>What has come of a message so far.</summary>
    protected PartialMessage Partial { get; } = new();

    protected bool IsClosed { get; private set; }

    /// <summary>A source address of these many, beginning at 127.0.0.2; null, for anywhere, where there is but one.</summary>
    public static IPAddress? Source(int sources, int number) =>
        sources > 1 ? new IPAddress([127, 0, 0, (byte)(2 + (number % sources))]) : null;

    /// <param name="source">Where to connect from; null for anywhere.</param>
    /// <param name="server">Where to connect to.</param>
    /// <param name="path">What to ask for.</param>
    /// <param name="subprotocol">The one to offer, or null.</param>
    public void Open(IPAddress? source, IPEndPoint server, string path, string? subprotocol = null)
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

        _socket.Blocking = false;
        _poller.Watch(_socket, Number);
        var offer = subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n";
        _request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n");
        Request();
        Out.Flush();
    }

    public void Flush()
    {
        if (Out.IsEmpty || IsClosed)
            return;
        Out.Flush();
        if (_watchesWritable == Out.IsEmpty)
        {
            _watchesWritable = !Out.IsEmpty;
            _poller.Watch(_socket, Number, _watchesWritable);
        }
    }

    /// <summary>The socket can be read or written.</summary>
    /// <param name="buffer">Everybody's: what is not a whole frame is kept aside.</param>
    public void OnPolled(byte[] buffer)
    {
        if (IsClosed)
            return;
        Flush();
        _unread.CopyTo(buffer, 0);
        var count = _socket.Receive(buffer.AsSpan(_unread.Length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (_tls is not null && count > 0)
        {
            _tls.Feed(buffer.AsSpan(_unread.Length, count));
            Request();
            count = _tls.TakePlain(buffer.AsSpan(_unread.Length));
            if (count == 0)
            {
                Out.Flush();
                return;
            }
        }

        if (count == 0)
        {
            Close("without a close frame");
            return;
        }

        OnReceived(count);
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, _unread.Length + count);
        if (_isUpgraded || Upgraded(ref bytes))
            Read(ref bytes);
        if (_unread.Length != 0 || bytes.Length != 0)
            _unread = bytes.ToArray();
        Flush();
    }

    /// <summary>Ends as by a cable that was pulled: no goodbye, and nothing lingers.</summary>
    public void Reset()
    {
        IsClosed = true;
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _tls?.Dispose();
    }

    protected virtual void OnReceived(int bytes)
    {
    }

    protected abstract void OnUpgraded();

    protected virtual void OnPayload(ReadOnlySpan<byte> payload, bool final, long now)
    {
        if (final)
            OnMessage(Partial.Complete(payload), now);
        else
            Partial.Keep(payload);
    }

    protected abstract void OnMessage(ReadOnlySpan<byte> message, long now);

    protected virtual void OnPong()
    {
    }

    /// <param name="how">The server's words, or how it went.</param>
    protected abstract void OnClosed(string how);

    /// <summary>Asks for the upgrade, as soon as anything can be said.</summary>
    private void Request()
    {
        if (_request is null || _tls is { Handshake.IsCompletedSuccessfully: false })
            return;
        // What the handshake still has to say goes first.
        Out.Flush();
        Out.Add(_request);
        _request = null;
    }

    private bool Upgraded(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        // The key sent is that of RFC 6455 section 1.3, and so is the answer.
        if (!bytes.StartsWith("HTTP/1.1 101"u8) || bytes[..end].IndexOf("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8) < 0)
            throw new LoadException($"The server refused the handshake: {Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)'\r')])}");
        bytes = bytes[(end + 4)..];
        _isUpgraded = true;
        OnUpgraded();
        return true;
    }

    private void Read(ref ReadOnlySpan<byte> bytes)
    {
        var now = Stamp.Now;
        while (!IsClosed && Frame.TryRead(ref bytes, out var frame))
        {
            switch (frame.Opcode)
            {
                case Opcode.Close:
                    Close(frame.Payload.Length < 2 ? "without a code" : $"{(frame.Payload[0] << 8) | frame.Payload[1]} "
                        + Encoding.UTF8.GetString(frame.Payload[2..]));
                    break;
                case Opcode.Ping:
                    Out.Add(FrameTemplate.Control(Opcode.Pong, frame.Payload));
                    break;
                case Opcode.Pong:
                    OnPong();
                    break;
                default:
                    OnPayload(frame.Payload, frame.Final, now);
                    break;
            }
        }
    }

    private void Close(string how)
    {
        IsClosed = true;
        _socket.Close();
        OnClosed(_isUpgraded ? how : "during its handshake");
    }
}
