using Kodama.Client.Connecting;
using Kodama.Client.Status;

namespace Kodama.Client.Reconnecting;

/// <summary>The life of a client: connect, receive, reconnect, until it is stopped or nothing can help. The only one who changes its
/// status.</summary>
internal sealed class ConnectionLoop(
    Connector connector,
    ClientSettings settings,
    StatusFeed status,
    IConversation conversation,
    CancellationToken stopping)
{
    // A connection that lasted so long was a good one, and what comes after it is not the old trouble.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    // One that ended sooner may have been ended by what the client does, which other hubs would not like better.
    private static readonly TimeSpan WorthAnother = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isAnswered;

    /// <summary>Ends with the first connection, or with why there is none.</summary>
    public Task FirstConnection => first.Task;

    /// <summary>Until the client is closed.</summary>
    /// <returns>Whether the hub has answered the goodbye.</returns>
    public async Task<bool> RunAsync()
    {
        Exception? cause;
        try
        {
            stopping.ThrowIfCancellationRequested();
            status.Set(new ClientStatus.Connecting());
            cause = await StayConnectedAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            cause = exception;
        }
        // Whatever else went wrong meanwhile: the program wanted the end.
        if (stopping.IsCancellationRequested) cause = null;
        conversation.Close(cause);
        status.Set(new ClientStatus.Closed(cause));
        conversation.Complete(cause);
        first.TrySetException(
            cause ?? new ObjectDisposedException(nameof(KodamaClient), "The client was closed before it had a connection."));
        // Seen or not: who started the client has it from the messages too.
        _ = first.Task.Exception;
        return isAnswered;
    }

    private async Task<Exception> StayConnectedAsync()
    {
        var attempt = 0;
        while (true)
        {
            Exception cause;
            var wasGood = false;
            try
            {
                var again = attempt > 0 || first.Task.IsCompleted;
                var connection = await connector.ConnectAsync(again, conversation.GreetAsync, stopping).ConfigureAwait(false);
                var since = settings.Time.GetTimestamp();
                cause = await StayAsync(connection).ConfigureAwait(false);
                var lasted = settings.Time.GetElapsedTime(since);
                if (lasted >= LongEnough) attempt = 0;
                wasGood = lasted >= WorthAnother;
            }
            catch (KodamaClientException exception)
            {
                if (!first.Task.IsCompleted && !settings.RetryFirst) return exception;
                cause = exception;
            }
            stopping.ThrowIfCancellationRequested();
            if (!conversation.MayComeBack(cause)) return cause;
            if (ReconnectStrategy.Bounded(settings.Reconnect.Next(++attempt, cause)) is not { } delay) return cause;
            // Another hub may take it at once; if none does, there is time to wait.
            if ((attempt == 1 || wasGood) && connector.HasOthers) delay = TimeSpan.Zero;
            await PauseAsync(attempt, delay, cause).ConfigureAwait(false);
        }
    }

    private async Task<Exception> StayAsync(HubConnection connection)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        conversation.Open(connection);
        var received = connection.ReceiveAsync(conversation, stopping);
        status.Set(new ClientStatus.Connected(connection.Address, connection.CertificateFingerprint)
        {
            IsResumed = conversation.IsResumed,
        });
        first.TrySetResult();
        await using (stopping.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped).ConfigureAwait(false))
        {
            await Task.WhenAny(received, stopped.Task).ConfigureAwait(false);
        }
        if (stopping.IsCancellationRequested)
        {
            conversation.ExpectNoMore();
            isAnswered = await connection.CloseAsync(conversation.Turns, received).ConfigureAwait(false);
        }
        var cause = await received.ConfigureAwait(false);
        conversation.Break(connection, cause);
        return cause;
    }

    private Task PauseAsync(int attempt, TimeSpan delay, Exception cause)
    {
        // The clock runs before anyone is told that it does.
        var pause = Task.Delay(delay, settings.Time, stopping);
        status.Set(new ClientStatus.Reconnecting(attempt, delay, cause));
        return pause;
    }
}
