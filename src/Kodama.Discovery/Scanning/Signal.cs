using System.Threading.Channels;

namespace Kodama.Discovery;

/// <summary>Wakes one waiter; set twice it wakes once. Thread-safe.</summary>
internal sealed class Signal
{
    private readonly Channel<Signal> channel =
        Channel.CreateBounded<Signal>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => channel.Writer.TryWrite(this);

    public async Task WaitAsync(CancellationToken cancellationToken) =>
        await channel.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
