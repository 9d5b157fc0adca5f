using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation in a room: lines go out, messages come in, and who is there is told where the hub lets it be read.</summary>
internal sealed class Conversation(KodamaClient client, IConversationView view, ConnectOptions options) : IRoomListener
{
    // A send fails a moment before the client knows that the connection is lost.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly SenderLookup senders = new(TimeProvider.System);

    /// <summary>Goes on until the lines end, the client does, or it is stopped; then what was sent is delivered, and the connection
    /// closed.</summary>
    /// <param name="lines">What to send.</param>
    /// <param name="waits">Whether the next line is read only when the one before has gone out; one that may be lost is sent again
    /// then.</param>
    /// <param name="stopping">Leaves the room.</param>
    /// <returns>Whether the hub has everything. Where a person or a signal ended it, nobody asks.</returns>
    /// <exception cref="KodamaClientException">Why there was no connection, or why it ended for good.</exception>
    public async Task<bool> RunAsync(IAsyncEnumerable<string> lines, bool waits, CancellationToken stopping)
    {
        var following = FollowAsync();
        try
        {
            await client.StartAsync(stopping);
            using var left = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var listening = ListenAsync();
            await Task.WhenAny(listening, TalkAsync(lines, waits, left.Token));
            var isAnswered = await client.CloseAsync(CancellationToken.None);
            await left.CancelAsync();
            await listening;
            return isAnswered || !waits || stopping.IsCancellationRequested;
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

    async ValueTask IRoomListener.JoinedAsync(RoomPeer peer, CancellationToken cancellationToken)
    {
        await senders.ShownAsync(cancellationToken);
        lock (gate) view.Joined(peer);
    }

    // What they said comes by the WebSocket, and may still be on its way.
    async ValueTask IRoomListener.LeftAsync(RoomPeer peer, CancellationToken cancellationToken)
    {
        await senders.ShownAsync(cancellationToken);
        lock (gate) view.Left(peer);
    }

    void IRoomListener.Said(RoomMessage message) => senders.Hear(message);

    void IRoomListener.Missed() => senders.Miss();

    void IRoomListener.Ticked() => senders.Tick();

    void IRoomListener.Ended() => senders.IsLive = false;

    private async Task ListenAsync()
    {
        await foreach (var message in client.Messages)
        {
            var sender = await senders.FindAsync(message);
            lock (gate) view.Message(message, sender);
            senders.Show();
        }
    }

    private async Task TalkAsync(IAsyncEnumerable<string> lines, bool waits, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                lock (gate) view.Sent(line);
                var sending = SendAsync(line, again: waits, cancellationToken);
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

    private async Task SendAsync(string line, bool again, CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            try
            {
                await client.SendAsync(line, cancellationToken);
                return;
            }
            catch (NotConnectedException) when (client.Status is not ClientStatus.Closed)
            {
                if (!told)
                {
                    lock (gate) view.Doubtful(line, again);
                }
                told = true;
                if (!again) return;
            }
            await Task.Delay(Breath, cancellationToken);
        }
    }

    // That the client has ended, it says itself.
    private static async Task IgnoreAsync(Task sending) => await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task FollowAsync()
    {
        var (feeding, feedEnd) = (Task.CompletedTask, new CancellationTokenSource());
        await foreach (var status in client.WatchStatusAsync())
        {
            var place = status is ClientStatus.Connected connected
                ? SocketPlace.Of(connected.Address, options.Room is not null, connected.CertificateFingerprint)
                : null;
            lock (gate)
            {
                if (place is not null) view.Connected(place);
                else view.Status(status);
            }
            await feedEnd.CancelAsync();
            await feeding;
            feedEnd.Dispose();
            feedEnd = new CancellationTokenSource();
            if (place is not null && view.ShowsPeople)
                feeding = new RoomFeed(place, options.FindToken(), options.Session, this).RunAsync(feedEnd.Token);
        }
        await feedEnd.CancelAsync();
        await feeding;
        feedEnd.Dispose();
    }
}
