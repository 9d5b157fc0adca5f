using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Bench.Load.Polling;

/// <summary>What a request was answered.</summary>
internal delegate void OnAnswered(ReadOnlySpan<byte> body, long now);

/// <summary>A connection that is kept alive, with one request on it at a time.</summary>
internal sealed class HttpConnection(PollingGenerator load, int number, OnAnswered onAnswered) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _host = $"127.0.0.1:{load.Options.Port}";
    private SendQueue _out = null!;
    private byte[] _unread = [];

    public void Open(IPEndPoint server)
    {
        try
        {
            _socket.Connect(server);
        }
        catch (SocketException e)
        {
            throw new LoadException($"Cannot connect to {server}: {e.Message}.");
        }

        _socket.Blocking = false;
        _out = new SendQueue(_socket);
        load.Poller.Watch(_socket, number);
    }

    public void Get(string path)
    {
        _out.Add(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n\r\n"));
        _out.Flush();
    }

    public void Post(string path, ReadOnlySpan<byte> body)
    {
        _out.Add(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {body.Length}\r\n\r\n"));
        _out.Add(body);
        _out.Flush();
    }

    /// <summary>The socket can be read. <paramref name="buffer"/> is everybody's: what is not a whole answer is kept aside.</summary>
    public void OnPolled(byte[] buffer)
    {
        _unread.CopyTo(buffer, 0);
        var count = _socket.Receive(buffer.AsSpan(_unread.Length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (count == 0)
            throw new LoadException("The server closed a connection that was to be kept alive.");

        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, _unread.Length + count);
        var now = Stamp.Now;
        while (HttpResponse.TryRead(ref bytes, out var response))
        {
            load.OnAnswered();
            onAnswered(response.Body, now);
        }

        if (_unread.Length != 0 || bytes.Length != 0)
            _unread = bytes.ToArray();
    }

    public void Dispose() => _socket.Dispose();
}
