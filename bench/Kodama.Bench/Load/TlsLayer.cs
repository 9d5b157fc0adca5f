using System.Net.Security;
using System.Threading.Tasks.Sources;

namespace Kodama.Bench.Load;

/// <summary>
/// TLS of a client between bytes that were received and bytes to send; it does no I/O. SslStream goes on on the thread that feeds it, so
/// that what was fed has been decrypted when <see cref="Feed"/> returns.
/// </summary>
internal sealed class TlsLayer : IDisposable
{
    // Sessions are resumed by name.
    private const string Name = "kodama.bench";

    private readonly Inner _inner = new();
    private readonly SslStream _tls;
    private readonly byte[] _read = new byte[16 * 1024];
    private byte[] _plain = [];
    private int _plainLength;
    private Task? _reading;

    /// <param name="resumes">Whether to ask for the session of an earlier connection.</param>
    public TlsLayer(bool resumes)
    {
        _tls = new SslStream(_inner);
        Handshake = _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            AllowTlsResume = resumes,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
    }

    /// <summary>Done, when messages can be sent.</summary>
    public Task Handshake { get; }

    /// <summary>What is to be sent; taken by who sends it.</summary>
    public ReadOnlyMemory<byte> TakeEncrypted() => _inner.TakeWritten();

    /// <summary>Bytes have come.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _inner.Feed(bytes);
        if (Handshake.IsFaulted)
            throw new LoadException($"The TLS handshake failed: {Handshake.Exception.GetBaseException().Message}");
        if (Handshake.IsCompleted)
            _reading ??= ReadAsync();
    }

    /// <summary>Moves what has been decrypted to the span, which has room for all of it.</summary>
    public int TakePlain(Span<byte> to)
    {
        _plain.AsSpan(0, _plainLength).CopyTo(to);
        return (_plainLength, _plainLength = 0).Item1;
    }

    /// <summary>The bytes go into what <see cref="TakeEncrypted"/> answers.</summary>
    public void Encrypt(ReadOnlyMemory<byte> plain)
    {
        // Nothing waits for a memory.
        var writing = _tls.WriteAsync(plain).AsTask();
        if (!writing.IsCompletedSuccessfully)
            throw new LoadException("TLS could not encrypt.");
    }

    public void Dispose() => _tls.Dispose();

    private async Task ReadAsync()
    {
        while (await _tls.ReadAsync(_read).ConfigureAwait(false) is > 0 and var count)
        {
            if (_plainLength + count > _plain.Length)
                Array.Resize(ref _plain, Math.Max(_plainLength + count, 2 * _plain.Length));
            _read.AsSpan(0, count).CopyTo(_plain.AsSpan(_plainLength));
            _plainLength += count;
        }
    }

    private sealed class Inner : Stream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;
        private byte[] _fed = [];
        private int _start;
        private int _end;
        private byte[] _written = [];
        private int _writtenLength;
        private Memory<byte>? _wanted;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Feed(ReadOnlySpan<byte> bytes)
        {
            if (_start == _end)
                _start = _end = 0;
            if (_end + bytes.Length > _fed.Length)
                Array.Resize(ref _fed, _end + bytes.Length);
            bytes.CopyTo(_fed.AsSpan(_end));
            _end += bytes.Length;
            if (_wanted is not { } wanted)
                return;
            _wanted = null;
            _core.SetResult(Take(wanted.Span));
        }

        public ReadOnlyMemory<byte> TakeWritten() => _written.AsMemory(0, (_writtenLength, _writtenLength = 0).Item1);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_end > _start)
                return new(Take(buffer.Span));
            _core.Reset();
            _wanted = buffer;
            return new(this, _core.Version);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var end = _writtenLength + buffer.Length;
            if (end > _written.Length)
                Array.Resize(ref _written, Math.Max(end, 2 * _written.Length));
            buffer.CopyTo(_written.AsSpan(_writtenLength));
            _writtenLength = end;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private int Take(Span<byte> to)
        {
            var count = Math.Min(to.Length, _end - _start);
            _fed.AsSpan(_start, count).CopyTo(to);
            _start += count;
            return count;
        }
    }
}
