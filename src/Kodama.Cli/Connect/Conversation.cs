using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation in a room: lines go out, messages come in, and who is there is told where the hub lets it be read.</summary>
internal sealed class Conversation(ConnectedHub hub, IConversationView view, ConnectOptions options) : IRoomListener
{
    private readonly Lock gate = new();
    private readonly SenderLookup senders = new(TimeProvider.System);

    /// <summary>Goes on until the lines end, the client does, or it is stopped; then what was sent is delivered, and the connection closed.</summary>
    /// <param name="lines">What to send.</param>
    /// <param name="waits">Whether the next line is read only when the one before has gone out.</param>
    /// <param name="stopping">Leaves the room.</param>
    /// <exception cref="KodamaClientException">Why there was no connection, or why it ended for good.</exception>
    public async Task RunAsync(IAsyncEnumerable<string> lines, bool waits, CancellationToken stopping)
    {
        var client = hub.Client;
        var following = FollowAsync(client);
        try
        {
            await client.StartAsync(stopping);
            using var left = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var listening = ListenAsync(client);
            await Task.WhenAny(listening, TalkAsync(client, lines, waits, left.Token));
            await client.CloseAsync(CancellationToken.None);
            await left.CancelAsync();
            await listening;
        }
        finally
        {
            await client.DisposeAsync();
            await following;
        }
    }

    void IRoomListener.Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others)
    {
        senders.IsLive = true;
        lock (gate) view.Entered(facts, room, others);
    }

    void IRoomListener.Joined(RoomPeer peer)
    {
        lock (gate) view.Joined(peer);
    }

    void IRoomListener.Left(RoomPeer peer)
    {
        lock (gate) view.Left(peer);
    }

    void IRoomListener.Said(RoomMessage message) => senders.Hear(message);

    void IRoomListener.Ended() => senders.IsLive = false;

    private async Task ListenAsync(KodamaClient client)
    {
        await foreach (var message in client.Messages)
        {
            var sender = await senders.FindAsync(message);
            lock (gate) view.Message(message, sender);
        }
    }

    private async Task TalkAsync(KodamaClient client, IAsyncEnumerable<string> lines, bool waits, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                lock (gate) view.Sent(line);
                var sending = client.SendAsync(line, cancellationToken);
                if (waits) await sending;
                else _ = IgnoreAsync(sending);
            }
            if (options.Stay) await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or NotConnectedException or ObjectDisposedException)
        {
            // It was stopped, or the client has ended, which says why.
        }
    }

    // That a line was not sent, the status has said: the connection is away.
    private static async Task IgnoreAsync(ValueTask sending) => await sending.AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task FollowAsync(KodamaClient client)
    {
        var feed = view.ShowsPeople ? new RoomFeed(hub, options, options.Session) : null;
        var (feeding, feedEnd) = (Task.CompletedTask, new CancellationTokenSource());
        await foreach (var status in client.WatchStatusAsync())
        {
            lock (gate) view.Status(status);
            await feedEnd.CancelAsync();
            await feeding;
            feedEnd.Dispose();
            feedEnd = new CancellationTokenSource();
            if (status is ClientStatus.Connected { Address: var address } && feed is not null) feeding = feed.RunAsync(address, this, feedEnd.Token);
        }
        await feedEnd.CancelAsync();
        await feeding;
        feedEnd.Dispose();
    }
}
