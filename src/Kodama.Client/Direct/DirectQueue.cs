using System.Threading.Channels;
using Kodama.Client.Protocol;
using Kodama.Client.Rooms;

namespace Kodama.Client.Direct;

/// <summary>Direct messages that wait to be read. Nobody can tell them again, and nobody is held up: the oldest goes.</summary>
internal sealed class DirectQueue
{
    private readonly Channel<DirectMessage> channel;
    private long dropped;

    public DirectQueue(int capacity) => channel = Channel.CreateBounded<DirectMessage>(
        new BoundedChannelOptions(capacity) { SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest },
        _ => Interlocked.Increment(ref dropped));

    public long Dropped => Interlocked.Read(ref dropped);

    public void Add(HubFrame frame) => channel.Writer.TryWrite(new DirectMessage
    {
        Time = frame.When,
        From = frame.From.Get(),
        Name = frame.Name.Get(),
        Event = EntryMaker.EventOf(frame),
        Payload = frame.Payload,
        IsFromPeer = frame.IsDirect,
    });

    public void Complete(Exception? cause) => channel.Writer.TryComplete(cause);

    public IAsyncEnumerable<DirectMessage> ReadAsync() => channel.Reader.ReadAllAsync();
}
