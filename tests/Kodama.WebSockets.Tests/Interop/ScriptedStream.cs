namespace Kodama.WebSockets.Tests;

/// <summary>A stream whose other end is the test: it takes what was written, and feeds what is read. All completes at once.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly MemoryStream written = new();
    private byte[] fed = [];
    private int position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public byte[] TakeWritten()
    {
        byte[] bytes = written.ToArray();
        written.SetLength(0);
        return bytes;
    }

    public void Feed(byte[] bytes)
    {
        Assert.Equal(fed.Length, position);
        (fed, position) = (bytes, 0);
    }

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, fed.Length - position);
        fed.AsSpan(position, count).CopyTo(buffer);
        position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Write(byte[] buffer, int offset, int count) => written.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        written.Write(buffer.Span);
        return default;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
