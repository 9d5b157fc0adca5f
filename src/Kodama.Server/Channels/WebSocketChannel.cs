using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server;

/// <summary>A WebSocket as a stream of messages to read and a sink to write, which may be in rooms of the hub. Members are thread-safe; one
/// reader at a time.</summary>
/// <remarks>The request that it came from has ended, most likely: what a handler needs of it is here.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and wait handle has nothing to dispose of.")]
public sealed class WebSocketChannel : IWebSocketHandler
{
    private readonly UnreadMessages incoming;
    private readonly ChannelOutbox outbox;
    private readonly ChannelPeer peer;
    private readonly Dictionary<string, string> details = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource closed = new();
    private readonly Lazy<AsyncServiceScope> services;
    private readonly DoorKit kit;
    private WebSocketConnection connection = null!;

    internal WebSocketChannel(HttpContext context, string? subprotocol, WebSocketRoute route)
    {
        kit = route.Kit;
        Closed = closed.Token;
        Subprotocol = subprotocol;
        User = context.User;
        RemoteAddress = Server.RemoteAddress.Of(context);
        Query = context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        RouteValues = context.Request.RouteValues.ToDictionary(
            v => v.Key, v => v.Value?.ToString() ?? "", StringComparer.OrdinalIgnoreCase);
        services = new Lazy<AsyncServiceScope>(route.Services.CreateAsyncScope);
        peer = new ChannelPeer(this, kit, new PeerDescription
        {
            Door = "channel",
            Encoder = route.Encoder,
            Details = details,
            Principal = User.Identity is { IsAuthenticated: true } ? User : null,
            RemoteAddress = RemoteAddress,
        });
        incoming = new UnreadMessages(route.Options.MaxUnread, route.Options.MaxUnreadBytes);
        outbox = new ChannelOutbox(peer.Peer.Outbox, route.Options.MaxUnsentBytes);
    }

    /// <summary>Unguessable, unique, and new with each connection: that of its <see cref="Peer"/>.</summary>
    public string Id => peer.Peer.Id;

    /// <summary>What comes, until the channel is closed. A handler that reads slowly slows down the sender.</summary>
    public IAsyncEnumerable<WebSocketMessage> Messages => incoming.ReadAllAsync();

    /// <summary>Cancelled when the channel has closed, by whichever side.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Once <see cref="Closed"/>: the other side's close code, or this side's if it closed first; 1006 when the connection was
    /// lost (RFC 6455 section 7.4.1).</summary>
    public ushort? CloseCode { get; private set; }

    /// <summary>Once <see cref="Closed"/>: the reason that came with the code.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>What was agreed on, or null.</summary>
    public string? Subprotocol { get; }

    /// <summary>Who the application's authentication says it is.</summary>
    public ClaimsPrincipal User { get; }

    /// <summary>Where it comes from.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>The query's parameters; the values of a repeated one are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>The parameters of the route.</summary>
    public IReadOnlyDictionary<string, string> RouteValues { get; }

    /// <summary>What the application registered, scoped ones too: they last as long as the handler.</summary>
    public IServiceProvider Services => services.Value.ServiceProvider;

    /// <summary>What others in its rooms are told of it: <c>name</c>, ... Nothing, unless the program says it before the first join, after
    /// which it is read-only.</summary>
    public IDictionary<string, string> Details => peer.HasEntered ? new ReadOnlyDictionary<string, string>(details) : details;

    /// <summary>The channel as the hub knows it, from the first <see cref="JoinAsync"/> on: to except it from what is said in a room, or to
    /// speak to it alone.</summary>
    public Peer Peer => peer.Peer;

    /// <summary>
    /// Joins a room of the hub, which appears if there is none, and hears what is said there until it leaves or closes; its client gets
    /// that as text and binary messages, as from the hub's own <c>/ws</c>. By the program's own word: the rules of the room are not asked.
    /// With the first room it becomes a peer of the hub: the validators are asked then, and connection events told.
    /// </summary>
    /// <param name="room">1 to 255 characters.</param>
    /// <param name="start">With what it begins: <c>Start.Last(50)</c>. Default with what happens from now on.</param>
    /// <returns>The room; if it was there before, too.</returns>
    /// <exception cref="InvalidOperationException">It is closed; or the hub does not let it in, and closes it; or there are too many
    /// rooms.</exception>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public ValueTask<Room> JoinAsync(string room, Start start = default) =>
        peer.JoinAsync(new JoinRequest { Room = room, Start = start });

    /// <summary>Leaves a room. False, when it was not in it.</summary>
    public bool Leave(Room room) => Hub.Leave(Peer, room);

    /// <summary>Says something in a room that it is in, as its peer: the filters are asked, and it does not hear that itself unless the
    /// room echoes. One at a time; <see cref="Room.Send(Payload, IReadOnlyCollection{Peer}?, bool)"/> is the program's own word.</summary>
    /// <returns>Its place, or why it was refused.</returns>
    public ValueTask<PublishResult> PublishAsync(Room room, Payload payload) => peer.PublishAsync(room, payload);

    /// <summary>Sends a message, after those that were sent before. Ends when it is on its way; waits while too much is.</summary>
    /// <exception cref="InvalidOperationException">The channel is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the message is not sent.</exception>
    public async ValueTask SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default)
    {
        var frame = DoorKit.Encode(message.IsText ? MessageType.Text : MessageType.Binary, message.Bytes.Span);
        await outbox.AddAsync(frame, cancellationToken).ConfigureAwait(false);
        connection.Flush();
    }

    /// <summary>Sends a value as JSON text.</summary>
    /// <param name="value">What to send.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <param name="cancellationToken">Ends the wait; then it is not sent.</param>
    /// <inheritdoc cref="SendAsync(WebSocketMessage, CancellationToken)"/>
    public ValueTask SendAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        SendAsync(WebSocketMessage.Of(value, type), cancellationToken);

    /// <summary>Leaves its rooms, and closes: what was sent goes first. Only the first call counts; <see cref="Closed"/> tells when it is
    /// done.</summary>
    /// <param name="code">1000-1003, 1007-1014 or 3000-4999.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; more is cut.</param>
    /// <exception cref="ArgumentOutOfRangeException">No close frame may carry the code.</exception>
    public void Close(ushort code = CloseCodes.Normal, string reason = "")
    {
        if (!CloseCodes.IsValidOnWire(code))
            throw new ArgumentOutOfRangeException(nameof(code), code, "A close frame holds 1000-1003, 1007-1014 or 3000-4999.");
        outbox.Complete();
        peer.Leave(new CloseReason(code, reason));
        // What is still to come has no reader, and must not keep the other side's goodbye waiting.
        incoming.Complete();
        connection.Close(code, reason);
    }

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsOver => outbox.IsComplete;

    internal void Close(CloseReason reason)
    {
        // Who was too slow would not read the rest either.
        if (reason == Kodama.CloseReason.TooSlow) outbox.Close();
        Close(reason.Code, reason.Text);
    }

    internal void Flush() => connection.Flush();

    /// <summary>The handler has ended, and needs no services any more.</summary>
    internal ValueTask EndAsync() => services.IsValueCreated ? services.Value.DisposeAsync() : default;

    internal WebSocketConnection Connect(Duplex duplex, MessageReaderOptions reader, ConnectionOptions options) =>
        connection = new WebSocketConnection(
            duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, reader, address: RemoteAddress), outbox, this, options);

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload) =>
        incoming.AddAsync(new WebSocketMessage(type == MessageType.Text, payload.ToArray()));

    void IWebSocketHandler.OnReadCompleted()
    {
    }

    void IWebSocketHandler.OnEnding()
    {
        peer.Leave(Kodama.CloseReason.Lost);
        incoming.Complete();
    }

    void IWebSocketHandler.OnFailed(Exception exception) => ChannelLog.Failed(kit.Logger, exception);

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        kit.Connections.Remove(connection);
        CloseCode = code;
        CloseReason = reason;
        outbox.Close();
        // Who has read the last message is in no room any more.
        peer.Gone(new CloseReason(code, reason));
        incoming.Complete();
        // What a handler has registered for the end is not for a thread that other sockets wait for.
        ThreadPool.UnsafeQueueUserWorkItem(static channel => channel.TellClosed(), this, preferLocal: false);
    }

    private void TellClosed()
    {
        try
        {
            closed.Cancel();
        }
        catch (AggregateException exception)
        {
            ChannelLog.Failed(kit.Logger, exception);
        }
    }
}
