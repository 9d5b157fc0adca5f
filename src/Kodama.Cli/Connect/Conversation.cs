using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation in a room: lines go out, messages come in, and who is there is told where the hub lets it be read.</summary>
internal sealed class Conversation(IConnection connection, IConversationView view, ConnectOptions options) : IRoomListener, ILineView
{
    private readonly Lock gate = new();
    private readonly ShownPlace shown = new(TimeProvider.System);

    /// <summary>Goes on until the lines end, the connection does, or it is stopped; then what was sent is delivered, and the connection
    /// closed.</summary>
    /// <param name="lines">What to send.</param>
    /// <param name="isPipe">Whether no person has typed them: one that may be lost is sent again then.</param>
    /// <param name="stopping">Leaves the room.</param>
    /// <returns>Whether the hub has everything. Where a person or a signal ended it, nobody asks.</returns>
    /// <exception cref="KodamaClientException">Why there was no connection, or why it ended for good.</exception>
    public async Task<bool> RunAsync(IAsyncEnumerable<string> lines, bool isPipe, CancellationToken stopping)
    {
        var following = FollowAsync();
        try
        {
            await connection.StartAsync(stopping);
            using var left = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var listening = ListenAsync();
            await Task.WhenAny(listening, TalkAsync(lines, isPipe, left.Token));
            var isAnswered = await connection.CloseAsync();
            await left.CancelAsync();
            await listening;
            return isAnswered || !isPipe || stopping.IsCancellationRequested;
        }
        finally
        {
            await connection.DisposeAsync();
            await following;
        }
    }

    void IRoomListener.Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others)
    {
        lock (gate) view.Entered(facts, room, others);
    }

    async ValueTask IRoomListener.JoinedAsync(RoomPeer peer, CancellationToken cancellationToken)
    {
        await shown.ShownAsync(cancellationToken);
        lock (gate) view.Joined(peer);
    }

    // What they said comes by the conversation's own connection, and may still be on its way.
    async ValueTask IRoomListener.LeftAsync(RoomPeer peer, CancellationToken cancellationToken)
    {
        await shown.ShownAsync(cancellationToken);
        lock (gate) view.Left(peer);
    }

    void IRoomListener.Said(long offset)
    {
        if (connection.HasPlaces) shown.Tell(offset);
    }

    void ILineView.Sent(string line)
    {
        lock (gate) view.Sent(line);
    }

    void ILineView.Doubtful(string line, bool again)
    {
        lock (gate) view.Doubtful(line, again);
    }

    void ILineView.Refused(string line, string why)
    {
        lock (gate) view.Refused(line, why);
    }

    private async Task ListenAsync()
    {
        await foreach (var (message, sender, offset, isMissing) in connection.ListenAsync())
        {
            lock (gate)
            {
                if (message is { } said) view.Message(said, sender);
                if (isMissing) view.Missing();
            }
            if (offset is { } place) shown.Show(place);
        }
    }

    private async Task TalkAsync(IAsyncEnumerable<string> lines, bool isPipe, CancellationToken cancellationToken)
    {
        try
        {
            await connection.TalkAsync(lines, isPipe, this, cancellationToken);
            if (options.Stay) await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or KodamaClientException or ObjectDisposedException)
        {
            // It was stopped, or the connection has ended, which says why.
        }
    }

    private async Task FollowAsync()
    {
        var (feeding, feedEnd) = (Task.CompletedTask, new CancellationTokenSource());
        await foreach (var status in connection.WatchStatusAsync())
        {
            var place = status is ClientStatus.Connected connected ? connection.PlaceOf(connected) : null;
            lock (gate)
            {
                if (place is not null) view.Connected(place);
                else view.Status(status);
            }
            await feedEnd.CancelAsync();
            await feeding;
            feedEnd.Dispose();
            feedEnd = new CancellationTokenSource();
            shown.Begin();
            if (status is ClientStatus.Connected again && view.ShowsPeople) feeding = FeedAsync(again, feedEnd.Token);
        }
        await feedEnd.CancelAsync();
        await feeding;
        feedEnd.Dispose();
    }

    // Who is told of people is in the room, and hears what they say.
    private async Task FeedAsync(ClientStatus.Connected connected, CancellationToken cancellationToken)
    {
        await connection.EnteredAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
            await new RoomFeed(connection.PlaceOf(connected), options.FindToken(), options.Session, this).RunAsync(cancellationToken);
    }
}
