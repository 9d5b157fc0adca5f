using System.Diagnostics.CodeAnalysis;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>A peer of kodama.v1: one object between its connection and the hub. It comes in by its hello, behind the handshake.</summary>
/// <param name="door">What all of them share.</param>
/// <param name="client">Who it is, but for its session.</param>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and wait handle has nothing to dispose of.")]
internal sealed class V1Peer(V1Door door, PeerDescription client) : IPeerLink, IWebSocketHandler, IFrameSource
{
    private const int Silent = 0;
    private const int Greeting = 1;
    private const int Over = 2;

    private readonly CancellationTokenSource ending = new();
    private ITimer? timer;
    private int state;
    private Peer? peer;
    private V1Answers? answers;
    private V1Pace? pace;
    private V1Requests? requests;
    private FlushBatch? batch;
    private byte[]? hello;
    private long bytesRead;

    public WebSocketConnection Connection { get; private set; } = null!;

    /// <summary>Makes the connection, before anything else is called.</summary>
    public WebSocketConnection Connect(Duplex duplex)
    {
        var reader = new MessageReader(WebSocketRole.Server, door.ReaderOptions, null, client.RemoteAddress);
        Connection = new WebSocketConnection(duplex, WebSocketRole.Server, reader, this, this, door.ConnectionOptions);
        timer = door.Time.CreateTimer(static peer => ((V1Peer)peer!).GiveUp(), this, V1Limits.HelloTimeout, Timeout.InfiniteTimeSpan);
        return Connection;
    }

    void IPeerLink.Flush() => Connection.Flush();

    void IPeerLink.Close(CloseReason reason)
    {
        // Who was too slow would not read the rest either.
        if (reason == CloseReason.TooSlow) peer?.Outbox.Close();
        Connection.Close(reason.Code, reason.Text);
    }

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        bytesRead += payload.Length;
        if (requests is null) return GreetAsync(type, payload);
        batch ??= FlushBatch.Rent();
        var handling = requests.HandleAsync(type, payload, batch);
        return handling.IsCompletedSuccessfully ? default : new ValueTask(handling.AsTask());
    }

    void IWebSocketHandler.OnReadCompleted()
    {
        if (bytesRead > 0) door.Metrics.Received(bytesRead);
        bytesRead = 0;
        batch?.Dispose();
        batch = null;
        answers?.Send();
    }

    void IWebSocketHandler.OnFailed(Exception exception) => ServerLog.MessageFailed(door.Logger, peer?.Id, exception);

    void IWebSocketHandler.OnEnding()
    {
        // Cancels the validator or the filter that the connection waits for.
        if (Volatile.Read(ref peer) is { } admitted) door.Hub.Remove(admitted, CloseReason.Lost);
        else _ = ending.CancelAsync();
    }

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        EndWaiting();
        door.Connections.Remove(Connection);
        if (peer is null) return;
        ServerLog.PeerDisconnected(door.Logger, peer.Id, code, reason);
        door.Hub.Remove(peer, new CloseReason(code, reason));
    }

    // The hello goes ahead of whatever the outbox holds already: a greeting of the program's, say.
    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        if (Volatile.Read(ref peer) is not { } admitted) return default;
        return hello ?? admitted.Outbox.Peek();
    }

    void IFrameSource.Advance(int count)
    {
        door.Metrics.Flushed(count);
        if (hello is not null)
        {
            hello = null;
            return;
        }
        peer!.Outbox.Advance(count);
        pace!.Advance(count);
    }

    void IFrameSource.Blocked() => peer?.Outbox.Blocked();

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => Volatile.Read(ref peer) is { } admitted && admitted.Outbox.TryAppend(frame);

    void IFrameSource.Complete() => peer?.Outbox.Complete();

    void IFrameSource.Close() => peer?.Outbox.Close();

    private async ValueTask GreetAsync(MessageType type, ReadOnlyMemory<byte> frame)
    {
        if (Interlocked.CompareExchange(ref state, Greeting, Silent) != Silent) return;
        EndWaiting();
        var (greeting, error) = V1RequestReader.Read(frame);
        if (type != MessageType.Text || error is not null || greeting.Type != V1RequestType.Hello)
        {
            Connection.Close(V1Close.NoHello.Code, V1Close.NoHello.Text);
            return;
        }
        var session = V1Session.Of(door.Hub, greeting, client.Principal);
        var admission = await door.Hub.AdmitAsync(session.Describe(client), this, ending.Token);
        if (!admission.IsAccepted)
        {
            door.Metrics.Refused("validation");
            Connection.Close(admission.Refusal.Code, admission.Refusal.Text);
            return;
        }
        Enter(admission.Peer, session);
    }

    private void Enter(Peer admitted, in V1Session session)
    {
        ServerLog.PeerConnected(door.Logger, admitted.Id, client.Door, client.RemoteAddress);
        answers = new V1Answers(admitted, Connection);
        pace = new V1Pace(admitted, door.Time);
        requests = new V1Requests(door.Hub, admitted, answers, pace, door.Logger);
        hello = V1Hello.Write(door, admitted, session);
        // From here on it hears the hub.
        Volatile.Write(ref peer, admitted);
        Connection.Flush();
    }

    private void GiveUp()
    {
        if (Interlocked.CompareExchange(ref state, Over, Silent) == Silent)
            Connection.Close(V1Close.HelloTimeout.Code, V1Close.HelloTimeout.Text);
    }

    private void EndWaiting()
    {
        if (Interlocked.Exchange(ref timer, null) is not { } waited) return;
        waited.Dispose();
        door.Waited();
    }
}
