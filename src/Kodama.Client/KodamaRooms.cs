using System.Text.Json.Serialization.Metadata;
using Kodama.Client.Connecting;
using Kodama.Client.Protocol;
using Kodama.Client.Reconnecting;
using Kodama.Client.Rooms;

namespace Kodama.Client;

/// <summary>A program's place in many rooms of a hub, over one connection that is made anew when it is lost: nothing is lost or doubled, or
/// a gap is told; what is published is acknowledged. Safe for any thread; captures no synchronization context.</summary>
/// <example>
/// <code>
/// await using var rooms = await KodamaRooms.ConnectAsync("Lounge");
/// await using var tea = await rooms.JoinAsync("tea", new JoinOptions { Start = RoomStart.Last(50) });
/// await tea.PublishAsync("hello");
/// await foreach (var entry in tea.Entries) Console.WriteLine(entry);
/// </code>
/// </example>
public sealed partial class KodamaRooms : IAsyncDisposable
{
    private readonly RoomsSettings settings;
    private readonly RoomsConversation conversation;
    private readonly ClientRun run;

    private KodamaRooms(HubTarget target, RoomsSettings settings)
    {
        this.settings = settings;
        RoomsConversation? made = null;
        run = new ClientRun(this, target, settings.Connection, stopping => made = new RoomsConversation(settings, stopping), Tell);
        conversation = made!;
    }

    /// <summary>What the hub knows this client by; null before the first connection, unless the program has brought one. May be kept, and
    /// given to <see cref="KodamaRoomsOptions.Session"/> later. Another, after a hub has forgotten it.</summary>
    public HubSession? Session => conversation.Session;

    /// <summary>What others say to this client alone; for one reader at a time. Ends when the client is closed, with the exception that
    /// ended it, if the program did not close it itself.</summary>
    /// <exception cref="KodamaClientException">The client has ended by itself.</exception>
    public IAsyncEnumerable<DirectMessage> DirectMessages => conversation.Direct.ReadAsync();

    /// <summary>How many direct messages were thrown away as too many waited to be read.</summary>
    public long DroppedDirectMessages => conversation.Direct.Dropped;

    /// <summary>What the client is doing.</summary>
    public ClientStatus Status => run.Status.Current;

    /// <summary>The status has changed. Handlers run on pool threads, one change after another; what one throws is ignored. After the
    /// client has closed the last may still run.</summary>
    public event EventHandler<ClientStatus>? StatusChanged;

    /// <summary>The statuses as they change, beginning with the present one, ending with <see cref="ClientStatus.Closed"/>. Of more than 64
    /// that were not looked at, the last count.</summary>
    public IAsyncEnumerable<ClientStatus> WatchStatusAsync(CancellationToken cancellationToken = default) =>
        run.Status.WatchAsync(cancellationToken);

    /// <summary>Makes the first connection, and keeps the client connected from then on. Once.</summary>
    /// <param name="cancellationToken">Gives up, and closes the client.</param>
    /// <exception cref="KodamaClientException">There is no connection, and there will be none: the client is closed.</exception>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    /// <exception cref="ObjectDisposedException">It was closed before it had a connection.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => run.StartAsync(cancellationToken);

    /// <summary>Joins a room, now or when there is a connection, and stays in it until it is left.</summary>
    /// <param name="room">1 to 255 characters.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestRefusedException">The hub does not let the program in; its <see cref="RequestRefusedException.Code"/> and
    /// <see cref="RequestRefusedException.Reason"/> say why.</exception>
    /// <exception cref="NotConnectedException">The client is closed.</exception>
    /// <exception cref="InvalidOperationException">It is joined already.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it is not joined.</exception>
    public async Task<JoinedRoom> JoinAsync(string room, JoinOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var membership = conversation.Add(JoinSettings.Of(room, options, settings));
        try
        {
            await membership.Entered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = conversation.Do(membership.Leave);
            throw;
        }
        return new JoinedRoom(conversation, membership);
    }

    /// <summary>Says something to one peer or session alone, over the present connection.</summary>
    /// <param name="peerOrSession">Its id: the <c>From</c> of what it has said, or a member's.</param>
    /// <param name="payload">Text or bytes, which convert; copied.</param>
    /// <param name="cancellationToken">Ends the wait for the hub's answer.</param>
    /// <exception cref="RequestRefusedException">It is not there (<c>PEER_GONE</c>), or in no room in which this client may publish
    /// (<c>NOT_ALLOWED</c>).</exception>
    /// <exception cref="NotConnectedException">There is no connection, or it broke meanwhile: then it may have arrived or not.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it may have arrived.</exception>
    public Task SendToAsync(string peerOrSession, RoomPayload payload, CancellationToken cancellationToken = default) =>
        SendToAsync(peerOrSession, "message", payload, cancellationToken);

    /// <param name="peerOrSession">Its id: the <c>From</c> of what it has said, or a member's.</param>
    /// <param name="eventName">1 to 255 characters.</param>
    /// <param name="payload">Text, bytes, or <see cref="RoomPayload.Arguments"/>; copied.</param>
    /// <param name="cancellationToken">Ends the wait for the hub's answer.</param>
    /// <inheritdoc cref="SendToAsync(string, RoomPayload, CancellationToken)"/>
    public Task SendToAsync(string peerOrSession, string eventName, RoomPayload payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(peerOrSession);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var body = RoomBodies.Direct(peerOrSession, eventName, payload);
        var send = new Ask<bool>("send", body, static _ => true) { Bytes = RoomBodies.BytesOf(payload) };
        return conversation.Do(() =>
        {
            conversation.ThrowIfClosed_NeedsLock();
            if (conversation.Wire is not { } wire)
                throw new NotConnectedException("There is no connection to the hub at the moment, and nothing was sent.");
            wire.Send_NeedsLock(send);
            return send.Task.WaitAsync(cancellationToken);
        });
    }

    /// <param name="peerOrSession">Its id: the <c>From</c> of what it has said, or a member's.</param>
    /// <param name="eventName">1 to 255 characters.</param>
    /// <param name="argument">Written as JSON.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the hub's answer.</param>
    /// <inheritdoc cref="SendToAsync(string, RoomPayload, CancellationToken)"/>
    public Task SendToAsync<T>(
        string peerOrSession, string eventName, T argument, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        SendToAsync(peerOrSession, eventName, RoomPayload.Argument(argument, type), cancellationToken);

    /// <summary>Sends what is being sent, says goodbye, and waits for the hub's; at most <see
    /// cref="KodamaConnectionOptions.CloseTimeout"/>, after which the connection is cut. Acknowledgements still come meanwhile. Called
    /// again, it waits for the same end.</summary>
    /// <param name="cancellationToken">Ends the wait, not the closing.</param>
    /// <returns>Whether the hub has answered the goodbye.</returns>
    public Task<bool> CloseAsync(CancellationToken cancellationToken = default) => run.CloseAsync(cancellationToken);

    /// <summary>Closes the client, as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private void Tell(ClientStatus next) => ClientRun.Tell(this, StatusChanged, next);
}
