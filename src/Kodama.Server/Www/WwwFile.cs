using Microsoft.Extensions.FileProviders;

namespace Kodama.Server;

/// <summary>A file of the folder, as it is when it is asked for. It names no path, so that it is sent from the stream that it
/// opens.</summary>
internal sealed class WwwFile(FileInfo file) : IFileInfo
{
    public bool Exists => true;

    public bool IsDirectory => false;

    public long Length { get; } = file.Length;

    public DateTimeOffset LastModified { get; } = file.LastWriteTimeUtc;

    public string Name => file.Name;

    public string? PhysicalPath => null;

    // Whoever writes or deletes it meanwhile is not kept from it. What has no bytes is not opened: a named pipe is such a file, and would
    // hold the thread until somebody writes to it.
    public Stream CreateReadStream() => Length == 0 ? Stream.Null : new Whole(new FileStream(
        file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan));

    /// <summary>Throws where the file ends before what was asked of it: it has become shorter, and its length is told already.</summary>
    private sealed class Whole(FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Some(file.Read(buffer, offset, count));

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Some(await file.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Some(await file.ReadAsync(buffer, cancellationToken));

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }

        private static int Some(int read) => read > 0 ? read : throw new EndOfStreamException("The file has become shorter.");
    }
}
