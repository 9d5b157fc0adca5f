using System.Net;
using System.Text;

namespace Kodama.Bench.Load.Polling;

/// <summary>
/// A Socket.IO client over HTTP long-polling, as browsers do it: one connection with a GET that waits, another for POSTs. In a room of its
/// own that echoes, it sends the next message when the last has come back.
/// </summary>
internal sealed class PollingSession : IDisposable
{
    private readonly PollingGenerator _load;
    private readonly HttpConnection _polls;
    private readonly HttpConnection _posts;
    private readonly List<byte> _due = [];
    private readonly byte[] _message;
    private readonly ushort _number;
    private readonly string? _room;
    private string _path;
    private bool _isOpen;
    private bool _isPosting;
    private long _expected;

    public PollingSession(PollingGenerator load, int number)
    {
        _load = load;
        _number = (ushort)number;
        (_path, _room) = load.Options.AddressOf(number);
        _polls = new HttpConnection(load, 2 * number, OnPolled);
        _posts = new HttpConnection(load, (2 * number) + 1, OnPosted);
        _message = [.. load.Protocol.Prefix, .. new byte[Stamp.Length], .. load.Padding, .. load.Protocol.Suffix];
    }

    /// <summary>Messages sent, and so the number of the next.</summary>
    public uint Sent { get; private set; }

    public void Open(IPEndPoint server)
    {
        _polls.Open(server);
        _posts.Open(server);
        _polls.Get(_path);
    }

    /// <summary>The connection of the GETs, or that of the POSTs, can be read.</summary>
    public void OnReadable(bool isPost, byte[] buffer) => (isPost ? _posts : _polls).OnPolled(buffer);

    public void SendMessage()
    {
        new Stamp(Stamp.Now, Sent++, _number).Write(_message.AsSpan(_load.Protocol.Prefix.Length));
        Send(_message);
    }

    public void Dispose()
    {
        _polls.Dispose();
        _posts.Dispose();
    }

    private void OnPolled(ReadOnlySpan<byte> body, long now)
    {
        if (!_isOpen)
            Opened(body);
        foreach (var range in body.Split(SocketIOProtocol.PacketSeparator))
            OnPacket(body[range], now);
        _polls.Get(_path);
    }

    private void Opened(ReadOnlySpan<byte> body)
    {
        _isOpen = true;
        var from = body.IndexOf("\"sid\":\""u8) + 7;
        var length = from < 7 ? -1 : body[from..].IndexOf((byte)'"');
        if (length < 0)
            throw new LoadException($"The server opened no session: {Encoding.UTF8.GetString(body)}");
        _path += $"&sid={Encoding.ASCII.GetString(body.Slice(from, length))}";
    }

    private void OnPacket(ReadOnlySpan<byte> packet, long now)
    {
        if (Stamp.TryFind(packet, out var stamp, out var rest))
        {
            OnStamped(stamp, rest.StartsWith(_load.Padding), now);
            return;
        }

        if (packet is [(byte)'1', ..])
            throw new LoadException("The server closed a session.");
        var (answer, isReady) = _load.Protocol.OnOwn(packet);
        if (answer is not null)
            Send(answer);
        if (!isReady)
            return;
        if (_room is not null)
            Send(_load.Protocol.Join(_room));
        _load.OnReady();
    }

    private void OnStamped(Stamp stamp, bool intact, long now)
    {
        if (stamp.Publisher != _number)
        {
            _load.Tally.Stray();
            return;
        }

        _expected = _load.Tally.Deliver(stamp.Sequence, _expected, intact, now - stamp.SentAt);
        if (!_load.Stopping)
            SendMessage();
    }

    // One POST at a time: what comes meanwhile goes with the next.
    private void Send(ReadOnlySpan<byte> packet)
    {
        if (_due.Count > 0)
            _due.Add(SocketIOProtocol.PacketSeparator);
        _due.AddRange(packet);
        if (!_isPosting)
            Post();
    }

    private void OnPosted(ReadOnlySpan<byte> body, long now)
    {
        _isPosting = false;
        if (_due.Count > 0)
            Post();
    }

    private void Post()
    {
        _isPosting = true;
        _posts.Post(_path, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_due));
        _due.Clear();
    }
}
