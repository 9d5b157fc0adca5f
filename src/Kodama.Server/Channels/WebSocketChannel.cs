using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Claims;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>A WebSocket as a stream of messages to read and a sink to write. Members are thread-safe; one reader at a time.</summary>
/// <remarks>The request that it came from has ended, most likely: what a handler needs of it is here. Services come from the application,
/// not from the request.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and wait handle has nothing to dispose of.")]
public sealed class WebSocketChannel : IWebSocketHandler
{
    private readonly UnreadMessages incoming;
    private readonly ChannelOutbox outbox;
    private readonly CancellationTokenSource closed = new();
    private readonly WebSocketConnections connections;
    private readonly ILogger logger;
    private WebSocketConnection connection = null!;

    internal WebSocketChannel(
        HttpContext context, string? subprotocol, WebSocketChannelOptions options, WebSocketConnections connections, ILogger logger)
    {
        this.connections = connections;
        this.logger = logger;
        incoming = new UnreadMessages(options.MaxUnread, options.MaxUnreadBytes);
        outbox = new ChannelOutbox(options.MaxUnsentBytes);
        Closed = closed.Token;
        Subprotocol = subprotocol;
        User = context.User;
        RemoteAddress = Server.RemoteAddress.Of(context);
        Query = context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        RouteValues = context.Request.RouteValues.ToDictionary(
            v => v.Key, v => v.Value?.ToString() ?? "", StringComparer.OrdinalIgnoreCase);
    }

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

    /// <summary>Sends a message, after those that were sent before. Ends when it is on its way; waits while too much is.</summary>
    /// <exception cref="InvalidOperationException">The channel is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the message is not sent.</exception>
    public async ValueTask SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default)
    {
        var frame = new byte[FrameWriter.HeaderSize(message.Bytes.Length, masked: false) + message.Bytes.Length];
        FrameWriter.Write(frame, message.IsText ? Opcode.Text : Opcode.Binary, message.Bytes.Span);
        await outbox.AddAsync(frame, cancellationToken).ConfigureAwait(false);
        connection.Flush();
    }

    /// <summary>Closes: what was sent goes first. Only the first call counts; <see cref="Closed"/> tells when it is done.</summary>
    /// <param name="code">1000-1003, 1007-1014 or 3000-4999.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; more is cut.</param>
    /// <exception cref="ArgumentOutOfRangeException">No close frame may carry the code.</exception>
    public void Close(ushort code = CloseCodes.Normal, string reason = "")
    {
        if (!CloseCodes.IsValidOnWire(code))
            throw new ArgumentOutOfRangeException(nameof(code), code, "A close frame holds 1000-1003, 1007-1014 or 3000-4999.");
        // What is still to come has no reader, and must not keep the other side's goodbye waiting.
        incoming.Complete();
        outbox.Complete();
        connection.Close(code, reason);
    }

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsOver => outbox.IsComplete;

    internal WebSocketConnection Connect(Duplex duplex, MessageReaderOptions reader, ConnectionOptions options) =>
        connection = new WebSocketConnection(
            duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, reader, address: RemoteAddress), outbox, this, options);

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload) =>
        incoming.AddAsync(new WebSocketMessage(type == MessageType.Text, payload.ToArray()));

    void IWebSocketHandler.OnReadCompleted()
    {
    }

    void IWebSocketHandler.OnEnding() => incoming.Complete();

    void IWebSocketHandler.OnFailed(Exception exception) => ChannelLog.Failed(logger, exception);

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        connections.Remove(connection);
        CloseCode = code;
        CloseReason = reason;
        outbox.Close();
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
            ChannelLog.Failed(logger, exception);
        }
    }
}
