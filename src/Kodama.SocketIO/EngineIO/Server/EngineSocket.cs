using System.Text;
using Kodama.WebSockets;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>A message of Engine.IO: a text, or bytes, which are the receiver's own.</summary>
public readonly record struct EngineMessage(string? Text, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether it is bytes.</summary>
    public bool IsBinary => Text is null;
}

/// <summary>A client of an Engine.IO server (<see cref="Microsoft.AspNetCore.Builder.EngineIOEndpointRouteBuilderExtensions"/>): texts and
/// bytes, in order, both ways. Thread-safe. Its handlers run on the thread pool, one after another; nothing more is read until the one of a
/// message has ended. One that fails is logged, and ends the session.</summary>
public sealed class EngineSocket : IEngineHandler
{
    private readonly EngineSession session;
    private readonly Outbox outbox;
    private readonly ILogger logger;

    // The last thing that the handlers were told; replaced by one thread at a time.
    private Task told = Task.CompletedTask;
    private Func<EngineMessage, Task>? message;
    private Action<string>? close;
    private Action? upgrade;

    internal EngineSocket(EngineSession session, Outbox outbox, ILogger logger, Func<EngineSocket, Task> onConnection)
    {
        this.session = session;
        this.outbox = outbox;
        this.logger = logger;
        Tell(() => onConnection(this));
    }

    /// <summary>The session's id: a secret between client and server.</summary>
    public string Id => session.Id;

    /// <summary>The revision of Engine.IO that the client speaks: 4, or 3 with <see cref="EngineOptions.AllowEIO3"/>.</summary>
    public int Protocol => (int)session.Version;

    /// <summary><c>polling</c> or <c>websocket</c>; changes once at most, from the first to the second.</summary>
    public string Transport => session.Transport;

    /// <summary>Whether a message could go at once: else it waits, in the hub's bounds (<see cref="OutboxOptions"/>).</summary>
    public bool IsWritable => session.IsWritable;

    /// <summary>The request that opened the session.</summary>
    public HandshakeRequest Request => session.Handshake;

    /// <summary>Sends a text; false, when the session has ended or its client is too slow, which ends it.</summary>
    public bool Send(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var length = Encoding.UTF8.GetByteCount(text);
        var frame = Frame.Rent(EnginePacketWriter.TextSize(length));
        var header = EnginePacketWriter.WriteHeader(frame.Span, EnginePacketType.Message, length);
        Encoding.UTF8.GetBytes(text, frame.Span[header..]);
        return Enqueue(frame);
    }

    /// <summary>Sends bytes, which are copied. As <see cref="Send(string)"/>.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        var frame = Frame.Rent(EnginePacketWriter.BinarySize(session.Version, bytes.Length));
        EnginePacketWriter.WriteBinary(frame.Span, session.Version, bytes);
        return Enqueue(frame);
    }

    /// <summary>Closes the session behind what was sent.</summary>
    public void Close() => session.Close();

    /// <summary>Told of each message. One handler: a later one takes its place.</summary>
    public void OnMessage(Func<EngineMessage, Task> handler) => message = handler;

    /// <inheritdoc cref="OnMessage(Func{EngineMessage, Task})"/>
    public void OnMessage(Action<EngineMessage> handler) => OnMessage(received =>
    {
        handler(received);
        return Task.CompletedTask;
    });

    /// <summary>Told last, once, with node's reason, such as <c>transport close</c>, <c>ping timeout</c>, <c>forced close</c>.</summary>
    public void OnClose(Action<string> handler) => close = handler;

    /// <summary>Told when the session has moved from polling to a WebSocket.</summary>
    public void OnUpgrade(Action handler) => upgrade = handler;

    ValueTask IEngineHandler.OnTextAsync(ReadOnlyMemory<byte> packet) => OnMessageAsync(new(Encoding.UTF8.GetString(packet.Span), default));
    ValueTask IEngineHandler.OnBinaryAsync(ReadOnlyMemory<byte> bytes) => OnMessageAsync(new(null, bytes.ToArray()));
    void IEngineHandler.OnUpgraded() => Tell(() => upgrade?.Invoke());
    void IEngineHandler.OnClosed(string reason) => Tell(() => close?.Invoke(reason));

    ReadOnlyMemory<byte> IFrameSource.Peek() => outbox.Peek();
    void IFrameSource.Advance(int count) => outbox.Advance(count);
    void IFrameSource.Blocked() => outbox.Blocked();
    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => outbox.TryAppend(frame);
    void IFrameSource.Complete() => outbox.Complete();
    void IFrameSource.Close() => outbox.Close();

    private ValueTask OnMessageAsync(EngineMessage received) => new(Tell(() => message?.Invoke(received) ?? Task.CompletedTask));

    private Task Tell(Action handler) => Tell(() =>
    {
        handler();
        return Task.CompletedTask;
    });

    private Task Tell(Func<Task> handler) => told = TellAsync(told, handler);

    private async Task TellAsync(Task before, Func<Task> handler)
    {
        await before.ConfigureAwait(false);
        try
        {
            await Task.Run(handler).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            EngineLog.HandlerFailed(logger, session.Handshake.RemoteAddress, exception);
            session.Close(DisconnectReason.TransportError);
        }
    }

    private bool Enqueue(in Frame frame)
    {
        var result = outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
        frame.Release();
        if (result == EnqueueResult.QueuedFirst) session.Flush();
        else if (result == EnqueueResult.Full) session.Close(DisconnectReason.TransportError);
        return result is EnqueueResult.QueuedFirst or EnqueueResult.Queued;
    }
}
