using System.Net.WebSockets;
using Kodama.Client.Messages;
using Kodama.Client.Reconnecting;
using Kodama.Client.Sending;

namespace Kodama.Client.Connecting;

/// <summary>An open WebSocket, from the handshake to its end.</summary>
internal sealed class HubConnection(ClientWebSocket socket, Link link, HubEndpoint endpoint, string? fingerprint, ClientSettings settings)
    : IDisposable
{
    // What a close frame can hold beside its code (RFC 6455 section 5.5).
    private const int MaxCloseReason = 123;

    private readonly MessageReader reader = new(socket, settings.MaxMessageSize);
    private volatile bool saidGoodbye;
    private volatile bool isAnswered;

    /// <summary>Where it leads, without query.</summary>
    public Uri Address => endpoint.Address;

    public HubEndpoint Endpoint => endpoint;

    /// <summary>Where a client may go when this one breaks, as its hub has told last.</summary>
    public OtherHubs Others { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); } = OtherHubs.None;

    public bool IsSecure => endpoint.IsSecure;

    /// <summary>Of the certificate that was pinned; null without a pin.</summary>
    public string? CertificateFingerprint => fingerprint;

    /// <summary>Hands over what comes until the connection ends, and says why it did. Nothing of it is left then. Stopping, it no longer
    /// waits for room.</summary>
    public async Task<Exception> ReceiveAsync(IConversation conversation, CancellationToken stopping)
    {
        // Reading and queueing may go on for long without a wait; the caller has something else to look after.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } message)
            {
                await conversation.TakeAsync(message, link.Lost, stopping).ConfigureAwait(false);
            }
            return await AnswerCloseAsync().ConfigureAwait(false);
        }
        catch (KodamaClientException exception)
        {
            await SayGoodbyeAsync(exception).ConfigureAwait(false);
            return exception;
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return Broken(exception is OperationCanceledException && link.Lost.IsCancellationRequested ? link.Failure : exception);
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>For a connection that is to be closed at once by the hub: why it was.</summary>
    public async Task<KodamaClientException> ReadEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
            {
            }
            return await AnswerCloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            return Broken(exception);
        }
    }

    /// <summary>What the hub says first; for a connection that is not received from yet.</summary>
    /// <exception cref="KodamaClientException">It ended it instead.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: the connection is of no use any more.</exception>
    public async Task<HubMessage> ReadFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } first) return first;
        }
        catch (Exception exception) when (IsBroken(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
        throw await AnswerCloseAsync().ConfigureAwait(false);
    }

    /// <summary>Sends one message; one at a time. Not to be cancelled: half a message would be the end of the connection.</summary>
    /// <returns>False, when the connection has ended before: nothing was sent.</returns>
    /// <exception cref="NotConnectedException">The connection has broken; the message may have arrived or not.</exception>
    public async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> payload, WebSocketMessageType type)
    {
        if (socket.State != WebSocketState.Open) return false;
        try
        {
            await socket.SendAsync(payload, type, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.InvalidState)
        {
            return false;
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            link.Lose(exception);
            throw new NotConnectedException(
                "The connection to the hub broke while the message was sent: it may have arrived or not.", exception);
        }
    }

    /// <summary>Says goodbye behind what is being sent, and waits until the hub has answered, or the timeout has passed. Then there is no
    /// connection any more.</summary>
    /// <param name="turns">Of the sends.</param>
    /// <param name="received">The task of <see cref="ReceiveAsync"/>.</param>
    /// <returns>Whether the hub has answered: it has then received all that was sent before.</returns>
    public async Task<bool> CloseAsync(SendTurns turns, Task<Exception> received)
    {
        using var timeout = new CancellationTokenSource(settings.CloseTimeout, settings.Time);
        try
        {
            await turns.EnterAsync(timeout.Token).ConfigureAwait(false);
            try
            {
                saidGoodbye = true;
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token).ConfigureAwait(false);
            }
            finally
            {
                turns.Exit();
            }
            await received.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            // Ended in some other way, or not within the time: cut off below.
        }
        socket.Abort();
        await received.ConfigureAwait(false);
        return isAnswered;
    }

    /// <summary>For a connection that is not wanted; else it ends with <see cref="ReceiveAsync"/>.</summary>
    public void Dispose() => socket.Dispose();

    private async Task<KodamaClientException> AnswerCloseAsync()
    {
        // A close frame without a code is 1000 here: ClientWebSocket does not tell the two apart.
        var code = (int)(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure);
        var reason = RemoteText.Printable(socket.CloseStatusDescription ?? "");
        // An answer has the code of what it answers (RFC 6455 section 5.5.1); another is a goodbye that has crossed ours.
        isAnswered = saidGoodbye && code == (int)WebSocketCloseStatus.NormalClosure;
        // After a goodbye of our own there is nothing to answer.
        if (socket.State == WebSocketState.CloseReceived) await TryCloseOutputAsync((WebSocketCloseStatus)code, null).ConfigureAwait(false);
        return code == HubClosedException.RefusedCode ? new HubRefusedException(null, null, reason) : new HubClosedException(code, reason);
    }

    private Task SayGoodbyeAsync(KodamaClientException exception)
    {
        var code = exception is HubProtocolException { CloseCode: { } sent }
            ? (WebSocketCloseStatus)sent
            : WebSocketCloseStatus.NormalClosure;
        return TryCloseOutputAsync(code, exception.Message.Length <= MaxCloseReason ? exception.Message : null);
    }

    private async Task TryCloseOutputAsync(WebSocketCloseStatus code, string? reason)
    {
        using var timeout = new CancellationTokenSource(settings.CloseTimeout, settings.Time);
        try
        {
            await socket.CloseOutputAsync(code, reason, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            // Nobody hears it any more.
        }
    }

    private static bool IsBroken(Exception exception) =>
        exception is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException
            or OperationCanceledException;

    private static KodamaClientException Broken(Exception exception) =>
        exception is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted }
            ? new HubProtocolException(
                (int)WebSocketCloseStatus.ProtocolError, $"The hub broke the WebSocket protocol: {exception.Message}", exception)
            : new HubClosedException(HubClosedException.LostCode, exception.Message, exception);
}
