using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Kodama.Server;

/// <summary>A reader of a room's event stream: writes what waits in its outbox to the response, as fast as that is taken.</summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "Whoever closes it may come when it is over; a timer that was set then runs out by itself.")]
internal sealed class SsePeer(KodamaOptions options, KodamaMetrics metrics, TimeProvider time) : IPeerLink
{
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);
    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    // What is put in the response before its reader is waited for.
    private const int Piece = 32 * 1024;

    // One signal is as good as many.
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource cut = new(Timeout.InfiniteTimeSpan, time);
    private object? closing;
    private bool isCommentDue;

    /// <summary>Cancelled when nothing more is to be written, whatever waits.</summary>
    public CancellationToken Cut => cut.Token;

    /// <summary>Why it is to go; null, while it is not.</summary>
    public CloseReason? Reason => Volatile.Read(ref closing) as CloseReason?;

    public void Flush() => signals.Writer.TryWrite(true);

    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref closing, reason, null) is not null) return;
        // Who was too slow would not read the rest either.
        if (reason == CloseReason.TooSlow) Abort();
        else cut.CancelAfter(options.CloseTimeout);
        Flush();
    }

    public void Abort() => _ = cut.CancelAsync();

    /// <summary>Writes a frame, as fast as it is taken.</summary>
    /// <exception cref="OperationCanceledException">It was cut.</exception>
    public async Task WriteAsync(PipeWriter output, Frame frame)
    {
        for (var written = 0; written < frame.Length;)
        {
            written += Write(output, frame.Span[written..]);
            await output.FlushAsync(Cut);
        }
    }

    /// <summary>Writes until the peer is to go, and then why.</summary>
    /// <param name="outbox">What it is to get.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="OperationCanceledException">It was cut.</exception>
    public async Task RunAsync(Outbox outbox, PipeWriter output)
    {
        using var comments = time.CreateTimer(static peer => ((SsePeer)peer!).Remark(), this, CommentInterval, CommentInterval);
        while (true)
        {
            // What was put in before the reason was given is owed.
            var reason = Volatile.Read(ref closing);
            await DrainAsync(outbox, output);
            if (reason is CloseReason given)
            {
                var goodbye = SseEncoder.Encode(given);
                await WriteAsync(output, goodbye);
                goodbye.Release();
                return;
            }
            if (Interlocked.Exchange(ref isCommentDue, false)) await output.WriteAsync(Comment, Cut);
            await signals.Reader.ReadAsync(Cut);
        }
    }

    private async ValueTask DrainAsync(Outbox outbox, PipeWriter output)
    {
        while (outbox.Peek() is { IsEmpty: false } waiting)
        {
            var bytes = waiting[..Math.Min(Piece, waiting.Length)];
            var writing = output.WriteAsync(bytes, Cut);
            if (!writing.IsCompleted) outbox.Blocked();
            await writing;
            outbox.Advance(bytes.Length);
            metrics.Flushed(bytes.Length);
        }
    }

    // Asks for as much as it needs: the generic Write takes an empty span, where no size is asked for, for an error.
    private static int Write(PipeWriter output, ReadOnlySpan<byte> rest)
    {
        var length = Math.Min(Piece, rest.Length);
        rest[..length].CopyTo(output.GetSpan(length));
        output.Advance(length);
        return length;
    }

    // Keeps proxies from closing a silent stream.
    private void Remark()
    {
        Volatile.Write(ref isCommentDue, true);
        Flush();
    }
}
