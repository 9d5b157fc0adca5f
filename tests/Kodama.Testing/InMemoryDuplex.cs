using System.IO.Pipelines;

namespace Kodama.Testing;

/// <summary>
/// Two streams, each of which reads what the other wrote, like the two ends of a TCP connection. Disposing an end lets the other read
/// what is underway and then the end of the stream; its writes then fail with <see cref="IOException"/>.
/// </summary>
public sealed class InMemoryDuplex : IAsyncDisposable
{
    /// <param name="capacity">How many bytes may be underway in each direction before a write waits.</param>
    public InMemoryDuplex(int capacity = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: capacity, resumeWriterThreshold: Math.Max(1, capacity / 2), useSynchronizationContext: false);
        var toServer = new Pipe(options);
        var toClient = new Pipe(options);
        Server = new End(toServer.Reader, toClient.Writer);
        Client = new End(toClient.Reader, toServer.Writer);
    }

    public Stream Server { get; }

    public Stream Client { get; }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Client.DisposeAsync();
    }

    private sealed class End(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly Stream source = reader.AsStream();

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            source.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            FlushResult result = await writer.WriteAsync(buffer, cancellationToken);
            if (result.IsCompleted)
                throw new IOException("The other end is closed.");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                reader.Complete();
                writer.Complete();
            }
            base.Dispose(disposing);
        }
    }
}
