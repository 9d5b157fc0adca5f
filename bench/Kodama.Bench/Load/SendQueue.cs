using System.Net.Sockets;

namespace Kodama.Bench.Load;

/// <summary>Gathers frames and sends them with one call; what the socket does not take stays for later.</summary>
/// <param name="socket">Where to send to.</param>
/// <param name="tls">What encrypts it, or null.</param>
internal sealed class SendQueue(Socket socket, TlsLayer? tls = null)
{
    private const int MaxWaiting = 1024 * 1024;
    private byte[] _bytes = [];
    private int _length;

    // Of the bytes, those that are encrypted: the others come behind them.
    private int _encrypted;

    public bool IsEmpty => _length == 0;

    /// <summary>False where 1 MiB waits already.</summary>
    public bool TryAdd(FrameTemplate template, Stamp stamp)
    {
        if (_length > MaxWaiting)
            return false;
        template.Write(Reserve(template.Length), stamp);
        return true;
    }

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>An error is left to the next receive, which reports it too.</summary>
    public void Flush()
    {
        if (tls is not null)
            Encrypt(tls);
        if (_length == 0)
            return;
        var sent = socket.Send(_bytes.AsSpan(0, _length), SocketFlags.None, out _);
        if (sent > 0 && sent < _length)
            _bytes.AsSpan(sent, _length - sent).CopyTo(_bytes);
        _length -= sent;
        _encrypted -= sent;
    }

    private void Encrypt(TlsLayer layer)
    {
        if (layer.Handshake.IsCompletedSuccessfully && _length > _encrypted)
        {
            layer.Encrypt(_bytes.AsMemory(_encrypted, _length - _encrypted));
            _length = _encrypted;
        }

        // Of the handshake there may be more.
        var encrypted = layer.TakeEncrypted();
        if (encrypted.IsEmpty)
            return;
        if (_length > _encrypted)
            throw new LoadException("TLS has something to say while messages wait that it has not encrypted.");
        encrypted.Span.CopyTo(Reserve(encrypted.Length));
        _encrypted = _length;
    }

    private Span<byte> Reserve(int length)
    {
        var end = _length + length;
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        var reserved = _bytes.AsSpan(_length, length);
        _length = end;
        return reserved;
    }
}
