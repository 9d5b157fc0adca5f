using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Kodama.Client.Messages;

/// <summary>The messages that wait to be read. One writer, one reader at a time.</summary>
internal sealed class MessageQueue
{
    private readonly Channel<HubMessage> channel;
    private readonly FullMode mode;
    private readonly int capacity;
    private long dropped;
    private int reading;
    private volatile bool wasRead;
    private Task placing = Task.CompletedTask;

    public MessageQueue(int capacity, FullMode mode)
    {
        this.capacity = capacity;
        this.mode = mode;
        var options = new BoundedChannelOptions(capacity)
        {
            SingleWriter = true,
            FullMode = mode switch
            {
                FullMode.DropOldest => BoundedChannelFullMode.DropOldest,
                FullMode.DropNewest => BoundedChannelFullMode.DropWrite,
                _ => BoundedChannelFullMode.Wait,
            },
        };
        channel = Channel.CreateBounded<HubMessage>(options, _ => Interlocked.Increment(ref dropped));
    }

    /// <summary>How many were thrown away as there was no room.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Puts one in, or does with it what the mode says. Who has never read holds nobody up: the oldest goes then, as if that were
    /// the mode.</summary>
    /// <param name="message">What has come.</param>
    /// <param name="lost">Ends the wait for room, as the connection has ended: the message goes on waiting, and before all that come
    /// later.</param>
    /// <param name="stopping">Ends the wait for room, as nobody is to wait for a reader any more.</param>
    /// <exception cref="MessagesFullException">There is no room, and that is to end the client.</exception>
    /// <exception cref="OperationCanceledException">Lost.</exception>
    public ValueTask AddAsync(HubMessage message, CancellationToken lost, CancellationToken stopping)
    {
        if (placing.IsCompleted && channel.Writer.TryWrite(message)) return default;
        if (mode == FullMode.Disconnect) return ValueTask.FromException(new MessagesFullException(capacity));
        if (wasRead) return WaitAndAddAsync(message, lost, stopping);
        while (!channel.Writer.TryWrite(message))
        {
            if (channel.Reader.TryRead(out _)) Interlocked.Increment(ref dropped);
        }
        return default;
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete(Exception? cause) => channel.Writer.TryComplete(cause);

    public async IAsyncEnumerable<HubMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref reading, 1) == 1)
        {
            throw new InvalidOperationException("The messages of this client are being read already: one reader at a time.");
        }
        wasRead = true;
        try
        {
            var reader = channel.Reader;
            while (await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (reader.TryRead(out var message)) yield return message;
            }
        }
        finally
        {
            Volatile.Write(ref reading, 0);
        }
    }

    private async ValueTask WaitAndAddAsync(HubMessage message, CancellationToken lost, CancellationToken stopping)
    {
        try
        {
            // That of an earlier connection, perhaps.
            await placing.WaitAsync(lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref dropped);
            throw;
        }
        placing = PlaceAsync(message, stopping);
        await placing.WaitAsync(lost).ConfigureAwait(false);
    }

    private async Task PlaceAsync(HubMessage message, CancellationToken stopping)
    {
        try
        {
            await channel.Writer.WriteAsync(message, stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            Interlocked.Increment(ref dropped);
        }
    }
}
