using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>A peer of kodama.v1. It comes in by its hello, behind the handshake.</summary>
/// <param name="door">What all of them share.</param>
internal sealed class V1Peer(V1Door door) : DoorPeer
{
    private const int Silent = 0;
    private const int Greeting = 1;
    private const int Over = 2;

    private PeerDescription client = null!;
    private V1Session session;
    private V1Requests? requests;
    private V1Pace? pace;
    private IReadOnlyList<IReadOnlyList<string>> told = [];
    private ITimer? timer;
    private int state;

    protected internal override ValueTask<CloseReason?> ArriveAsync(PeerDescription arrived, CancellationToken cancellationToken)
    {
        client = arrived;
        timer = door.Time.CreateTimer(static peer => ((V1Peer)peer!).GiveUp(), this, V1Limits.HelloTimeout, Timeout.InfiniteTimeSpan);
        return default;
    }

    protected override byte[] Greet(Peer admitted)
    {
        var hello = V1Hello.Write(Kit, door, admitted, session, told = door.Others);
        session = default;
        return hello;
    }

    protected internal override ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref pace, new V1Pace(Peer, door.Time));
        Volatile.Write(ref requests, new V1Requests(Hub, Peer, this, Answers, pace, Kit.Logger));
        // Whoever told the others meanwhile found nobody here.
        TellMoved();
        return default;
    }

    /// <summary>Tells the client where the other hubs are, unless it knows. From any thread.</summary>
    public void TellMoved()
    {
        if (Volatile.Read(ref requests) is null) return;
        var others = door.Others;
        if (Interlocked.Exchange(ref told, others) == others) return;
        Answers.Cluster(others);
        Answers.SendSoon();
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        if (requests is null) return GreetAsync(type, payload);
        var handling = requests.HandleAsync(type, payload, Batch);
        return handling.IsCompletedSuccessfully ? default : new ValueTask(handling.AsTask());
    }

    protected override void OnExpelled(Room room)
    {
        if (requests is not null) requests.Expelled(room);
        else base.OnExpelled(room);
    }

    private protected override void OnTaken(int count) => Volatile.Read(ref pace)?.Advance(count);

    protected override void OnClosed(ushort code, string reason) => EndWaiting();

    private async ValueTask GreetAsync(MessageType type, ReadOnlyMemory<byte> frame)
    {
        if (Interlocked.CompareExchange(ref state, Greeting, Silent) != Silent) return;
        EndWaiting();
        var (greeting, error) = V1RequestReader.Read(frame);
        if (type != MessageType.Text || error is not null || greeting.Type != V1RequestType.Hello)
        {
            Close(V1Close.NoHello);
            return;
        }
        session = V1Session.Of(Hub, greeting, client.Principal);
        await AdmitAsync(session.Describe(client));
    }

    private void GiveUp()
    {
        if (Interlocked.CompareExchange(ref state, Over, Silent) == Silent) Close(V1Close.HelloTimeout);
    }

    private void EndWaiting()
    {
        if (Interlocked.Exchange(ref timer, null) is not { } waited) return;
        waited.Dispose();
        door.Waited();
    }
}
