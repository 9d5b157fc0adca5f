using System.Net.Sockets;

namespace Kodama.Bench.Load;

/// <summary>Gathers frames and sends them with one call; while that waits for the socket, the next ones gather in a second buffer.</summary>
internal sealed class SendQueue : IDisposable
{
    private const int MaxWaiting = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _send = new();
    private byte[] _waiting = [];
    private byte[] _sending = [];
    private int _waitingLength;
    private bool _busy;

    public SendQueue(Socket socket)
    {
        _socket = socket;
        _send.Completed += (_, _) =>
        {
            if (Sent())
                Drain();
        };
    }

    /// <summary>False where 1 MiB waits already. A frame added is sent by the next <see cref="Flush"/>.</summary>
    public bool TryAdd(FrameTemplate template, Stamp stamp)
    {
        lock (_lock)
        {
            if (_waitingLength > MaxWaiting)
                return false;
            template.Write(Reserve_NeedsLock(template.Length), stamp);
            return true;
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
            bytes.CopyTo(Reserve_NeedsLock(bytes.Length));
        Flush();
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (_busy || _waitingLength == 0)
                return;
            _busy = true;
            Swap_NeedsLock();
        }

        Drain();
    }

    public void Dispose() => _send.Dispose();

    private void Drain()
    {
        try
        {
            do
            {
                if (_socket.SendAsync(_send))
                    return;
            }
            while (Sent());
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    /// <summary>A send has completed; true where there is more to send. After an error nothing is: the receive will report it.</summary>
    private bool Sent()
    {
        if (_send.SocketError != SocketError.Success)
            return false;
        if (_send.BytesTransferred < _send.Count)
        {
            _send.SetBuffer(_send.Offset + _send.BytesTransferred, _send.Count - _send.BytesTransferred);
            return true;
        }

        lock (_lock)
        {
            _busy = _waitingLength > 0;
            if (_busy)
                Swap_NeedsLock();
            return _busy;
        }
    }

    private Span<byte> Reserve_NeedsLock(int length)
    {
        var end = _waitingLength + length;
        if (end > _waiting.Length)
            Array.Resize(ref _waiting, Math.Max(end, 2 * _waiting.Length));
        var reserved = _waiting.AsSpan(_waitingLength, length);
        _waitingLength = end;
        return reserved;
    }

    private void Swap_NeedsLock()
    {
        (_waiting, _sending) = (_sending, _waiting);
        _send.SetBuffer(_sending, 0, _waitingLength);
        _waitingLength = 0;
    }
}
