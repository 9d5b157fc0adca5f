using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kodama.Client.Connecting;
using Kodama.Client.Messages;
using Kodama.Client.Reconnecting;
using Kodama.Client.Sending;

namespace Kodama.Client;

/// <summary>A program's place in a room of a hub, which it keeps when the connection is lost. Safe for any thread; captures no
/// synchronization context.</summary>
/// <example>
/// <code>
/// await using var client = await KodamaClient.ConnectAsync("Lounge");
/// await client.SendAsync("hello");
/// await foreach (var message in client.Messages) Console.WriteLine(message.Text);
/// </code>
/// </example>
public sealed partial class KodamaClient : IAsyncDisposable
{
    private readonly MessageQueue messages;
    private readonly MessageSender sender;
    private readonly ClientRun run;

    private KodamaClient(HubTarget target, ClientSettings settings)
    {
        messages = new MessageQueue(settings.MessageCapacity, settings.FullMode);
        var connections = new ConnectionGate();
        var turns = new SendTurns();
        sender = new MessageSender(connections, turns, settings.WaitForConnection);
        run = new ClientRun(this, target, settings, _ => new RawConversation(messages, connections, turns), Tell);
    }

    /// <summary>
    /// What the hub sends, over all connections of this client; for one reader at a time. Ends when the client is closed, after what still
    /// waits; with the exception that ended it, if the program did not close it itself.
    /// </summary>
    /// <exception cref="KodamaClientException">The client has ended by itself.</exception>
    /// <exception cref="InvalidOperationException">They are being read already.</exception>
    public IAsyncEnumerable<HubMessage> Messages => messages.ReadAsync();

    /// <summary>How many messages were thrown away as too many waited to be read (<see cref="FullMode"/>), or as they came during the
    /// goodbye.</summary>
    public long DroppedMessages => messages.Dropped;

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

    /// <summary>Sends text.</summary>
    /// <remarks>Any thread; in the order of the calls. Ends when the system has taken the message, not when anyone has read it: what was
    /// sent when the connection broke may be lost.</remarks>
    /// <param name="text">Unpaired surrogates are sent as U+FFFD.</param>
    /// <param name="cancellationToken">Ends the wait for earlier messages and for a connection; a message that has begun is sent to its
    /// end.</param>
    /// <exception cref="NotConnectedException">There is no connection, or it broke; see <see
    /// cref="KodamaClientOptions.WaitForConnection"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was sent.</exception>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return sender.SendTextAsync(text, cancellationToken);
    }

    /// <summary>Sends a binary message. The memory is the caller's again when the task has ended.</summary>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        sender.SendAsync(bytes, WebSocketMessageType.Binary, cancellationToken);

    /// <summary>Sends a message on, as text or binary, as it came.</summary>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync(HubMessage message, CancellationToken cancellationToken = default) =>
        sender.SendAsync(message.Bytes, message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, cancellationToken);

    /// <summary>Sends a value as JSON text.</summary>
    /// <param name="value">What to send.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <param name="cancellationToken">Ends the wait for earlier messages and for a connection; a message that has begun is sent to its
    /// end.</param>
    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public ValueTask SendAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        sender.SendAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), WebSocketMessageType.Text, cancellationToken);

    /// <summary>Sends what is being sent, says goodbye, and waits for the hub's; at most <see
    /// cref="KodamaConnectionOptions.CloseTimeout"/>, after which the connection is cut. Called again, it waits for the same end.</summary>
    /// <param name="cancellationToken">Ends the wait, not the closing.</param>
    /// <returns>
    /// Whether the hub has answered the goodbye, and so has received all that was sent over this connection. False, when the connection was
    /// cut instead, or there was none at the moment: what was sent last may be lost.
    /// </returns>
    public Task<bool> CloseAsync(CancellationToken cancellationToken = default) => run.CloseAsync(cancellationToken);

    /// <summary>Closes the client, as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private void Tell(ClientStatus next) => ClientRun.Tell(this, StatusChanged, next);
}
