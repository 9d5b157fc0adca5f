using System.Threading.Channels;

namespace Kodama.Server;

/// <summary>Messages of one channel that its handler has not read yet, bounded in number and in bytes.</summary>
internal sealed class UnreadMessages(int maxCount, int maxBytes)
{
    private readonly Channel<WebSocketMessage> messages =
        Channel.CreateBounded<WebSocketMessage>(new BoundedChannelOptions(maxCount) { SingleWriter = true });

    private long bytes;
    private volatile TaskCompletionSource? drained;
    private volatile bool completed;

    /// <summary>Adds one; ends when another may come.</summary>
    public async ValueTask AddAsync(WebSocketMessage message)
    {
        var waiting = Interlocked.Add(ref bytes, message.Bytes.Length);
        try
        {
            await messages.Writer.WriteAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Nobody reads any more.
            return;
        }
        if (waiting <= maxBytes) return;
        drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Either this sees that nobody will read, or whoever says so sees that this waits.
        Interlocked.MemoryBarrier();
        if (Interlocked.Read(ref bytes) > maxBytes && !completed) await drained.Task.ConfigureAwait(false);
        drained = null;
    }

    public async IAsyncEnumerable<WebSocketMessage> ReadAllAsync()
    {
        await foreach (var message in messages.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (Interlocked.Add(ref bytes, -message.Bytes.Length) <= maxBytes) drained?.TrySetResult();
            yield return message;
        }
    }

    /// <summary>No more come, and whoever waits to add one need not wait.</summary>
    public void Complete()
    {
        messages.Writer.TryComplete();
        completed = true;
        Interlocked.MemoryBarrier();
        drained?.TrySetResult();
    }
}
