using System.Diagnostics.CodeAnalysis;
using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Ably;

/// <summary>A client of the door: its ProtocolMessages become calls of the hub (docs/specs/ably.md).</summary>
/// <param name="door">What all share.</param>
/// <param name="request">How it has come.</param>
[SuppressMessage("Design", "CA1001", Justification = "The timer is disposed of when the connection has ended.")]
internal sealed class AblyPeer(AblyHub door, ConnectionRequest request) : DoorPeer
{
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private Access access = request.Access;
    private Peer? admitted;
    private Publisher? publisher;
    private Attachments? attachments;
    private ITimer? timer;
    private bool hasSaidWhy;
    private bool isOver;
    private bool isAskedForToken;

    public AblyHub Door => door;

    public WireFormat Format => request.Format;

    /// <summary>What it may do now.</summary>
    public Access Access => Volatile.Read(ref access);

    public bool Echo => request.Echo;

    /// <summary>Whether it has come back: its members may be there.</summary>
    public bool IsResumed => request.IsResumed;

    /// <summary>The client as the hub knows it; null until it is let in.</summary>
    public Peer? AsPeer => Volatile.Read(ref admitted);

    /// <summary>The channels that it is attached to.</summary>
    public Attachments Attachments => Volatile.Read(ref attachments) ?? Create();

    public new Answers Answers => base.Answers;

    public new FlushBatch Batch => base.Batch;

    protected override async ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        var details = client.Details;
        if (Access.Name is { } name) details = new Dictionary<string, string>(details, StringComparer.Ordinal) { ["name"] = name };
        var described = new PeerDescription
        {
            Door = client.Door,
            Encoder = client.Encoder,
            Details = details,
            Principal = client.Principal,
            RemoteAddress = client.RemoteAddress,
            Session = request.Id,
            IsResuming = request.IsResumed,
            PresenceGrace = request.Grace,
        };
        if (await AdmitAsync(described, cancellationToken) is not { } refused)
        {
            // What was revoked while the rules were asked, nobody has told it.
            Check();
            return null;
        }
        using var frame = door.IsFull || IsForNow(refused)
            ? Protocol.Disconnected(Format, new AblyError(50003, 503, refused.Text))
            : Protocol.Error(Format, new AblyError(40300, 403, refused.Text));
        Close(refused, Protocol.Whole(frame));
        return refused;
    }

    protected override byte[] Greet(Peer peer)
    {
        Volatile.Write(ref admitted, peer);
        if (Access.Expires is not null) WaitForEnd();
        using var frame = Connected(request.IsLost
            ? new AblyError(80018, 400, "The connection key is none of this hub's, or another client's: this is a new connection.")
            : null);
        return Protocol.Whole(frame);
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        if (type != Protocol.TypeOf(Format) || WireDocument.Read(payload, Format) is not { Root: { IsMap: true } message }
            || message["action"u8].Integer is not { } action)
        {
            End(ProtocolAction.Error, AblyError.BadRequest("What has come is no ProtocolMessage in the format of this connection."));
            return default;
        }
        if (isOver) return default;
        switch ((ProtocolAction)action)
        {
            case ProtocolAction.Heartbeat:
                using (var frame = Protocol.Heartbeat(Format, message["id"u8].Text is { Length: <= 256 } id ? id : null)) Answer(frame);
                return default;
            case ProtocolAction.Close:
                return Goodbye();
            case ProtocolAction.Attach:
                return Attachments.AttachAsync(message);
            case ProtocolAction.Detach:
                return Attachments.Detach(message);
            case ProtocolAction.Sync:
                return Attachments.Sync(message);
            case ProtocolAction.Message or ProtocolAction.Annotation:
                return (publisher ??= new(this)).PublishAsync(message, (ProtocolAction)action);
            case ProtocolAction.Presence:
                return (publisher ??= new(this)).EnterAsync(message);
            case ProtocolAction.Object:
                return (publisher ??= new(this)).Refuse(message, AblyError.NotFound("LiveObjects are not here."));
            case ProtocolAction.Auth:
                return Renew(message["auth"u8]["accessToken"u8].Text);
            default:
                return default;
        }
    }

    protected override void OnExpelled(Room room) => Attachments.Expelled(room);

    protected override CloseReason OnClosing(CloseReason reason)
    {
        if (AsPeer is null || Interlocked.Exchange(ref hasSaidWhy, true)) return reason;
        var (action, error) = reason switch
        {
            { Code: 1000 } => (ProtocolAction.Closed, null),
            // An SDK that came back would say it again.
            { Code: CloseCodes.MessageTooBig } => (ProtocolAction.Error, new AblyError(40009, 400, reason.Text)),
            _ when IsForNow(reason) => (ProtocolAction.Disconnected, new AblyError(50003, 503, reason.Text)),
            // Two that share a key would else take it from each other for ever. A client reads no more from what it has itself replaced.
            { Code: >= 3000 } when reason != CloseReason.TooSlow => (ProtocolAction.Error, new AblyError(40300, 403, reason.Text)),
            _ => (ProtocolAction.Disconnected, new AblyError(80003, 400, reason.Text)),
        };
        if (error is not null) Tell(action, error);
        return reason;
    }

    // Whoever comes later may be let in.
    private static bool IsForNow(CloseReason reason) => reason.Code is 1001 or 1012 or 1013;

    protected override void OnClosed(ushort code, string reason)
    {
        Interlocked.Exchange(ref timer, null)?.Dispose();
    }

    /// <summary>Gathers an answer, which goes when all that came with the message is handled.</summary>
    public void Answer(WireWriter frame) => Answers.Add(Protocol.TypeOf(Format), frame.Written);

    /// <summary>Puts a frame in its outbox at once; whoever calls sends it by <see cref="SendNow"/>.</summary>
    public void Enqueue(WireWriter frame)
    {
        if (AsPeer is not { } peer) return;
        var encoded = Protocol.ToFrame(frame);
        if (peer.Outbox.TryAnswer(encoded) == EnqueueResult.Full)
            ThreadPool.UnsafeQueueUserWorkItem(static slow => slow.Disconnect(CloseReason.TooSlow), peer, preferLocal: false);
        encoded.Release();
    }

    public void SendNow() => ((IPeerLink)this).Flush();

    public new void Flush() => base.Flush();

    public ValueTask<Joined> JoinAsync(JoinRequest join) => base.JoinAsync(join);

    /// <summary>Says that the connection is alive.</summary>
    public void Beat()
    {
        using var frame = Protocol.Heartbeat(Format);
        Enqueue(frame);
        SendNow();
    }

    /// <summary>Looks whether its token still counts, and ends the connection if not.</summary>
    public void Check()
    {
        if (door.Credentials.Check(Access) is { } error) End(ProtocolAction.Disconnected, error);
    }

    // It may come back, and its members wait for it, unless it has to do something else first.
    private void End(ProtocolAction action, AblyError error)
    {
        isOver = true;
        if (AsPeer is not { } peer || Interlocked.Exchange(ref hasSaidWhy, true)) return;
        Tell(action, error);
        peer.Disconnect(new CloseReason(4000, error.Message.Length <= 120 ? error.Message : error.Message[..120]));
    }

    private void Tell(ProtocolAction action, AblyError error)
    {
        using var frame = action == ProtocolAction.Error ? Protocol.Error(Format, error) : Protocol.Disconnected(Format, error);
        Enqueue(frame);
    }

    private ValueTask Goodbye()
    {
        (isOver, hasSaidWhy) = (true, true);
        // What was asked for before is answered before.
        Flush();
        using (var frame = Protocol.Begin(Format, ProtocolAction.Closed)) Enqueue(frame.End());
        Peer.Disconnect(CloseReason.Normal);
        return default;
    }

    private ValueTask Renew(string? token)
    {
        if (token is null)
        {
            End(ProtocolAction.Error, new AblyError(40106, 401, "AUTH brings auth.accessToken."));
            return default;
        }
        var (read, error) = door.Credentials.ReadToken(token);
        var renewed = read;
        if (read is not null) (renewed, error) = Continue(Access, read);
        if (renewed is null)
        {
            End(ProtocolAction.Error, error!);
            return default;
        }
        if (Access.Name is null && renewed.Name is { } name) door.Names.Add(request.Id, name);
        Volatile.Write(ref access, renewed);
        Interlocked.Exchange(ref timer, null)?.Dispose();
        if (renewed.Expires is not null) WaitForEnd();
        Answers.Send();
        using (var frame = Connected(error: null)) Enqueue(frame);
        SendNow();
        Attachments.Review();
        Check();
        return default;
    }

    // Who has a name keeps it.
    private static (Access? Access, AblyError? Error) Continue(Access before, Access renewed)
    {
        if (before.Name is { } name && renewed.App == before.App) return renewed.As(name);
        return renewed.App == before.App
            ? (renewed, null)
            : (null, new AblyError(40102, 401, "The token is of another app than the connection's."));
    }

    // Asked for another token in time, or, when it has ended, told so.
    private void WaitForEnd()
    {
        var left = Access.Expires!.Value - door.Time.GetUtcNow();
        // Whose token is that short has no time to answer.
        isAskedForToken = left <= RenewalMargin;
        var wait = isAskedForToken ? left : left - RenewalMargin;
        var made = door.Time.CreateTimer(static peer => ((AblyPeer)peer!).OnTimer(), this, Positive(wait), Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref timer, made)?.Dispose();
    }

    private void OnTimer()
    {
        if (door.Credentials.Check(Access) is not null)
        {
            Check();
            return;
        }
        // Timers are a little early at times: what has been asked for then is not asked for again.
        if (!isAskedForToken)
        {
            isAskedForToken = true;
            using var frame = Protocol.Begin(Format, ProtocolAction.Auth);
            Enqueue(frame.End());
            SendNow();
        }
        Volatile.Read(ref timer)?.Change(Positive(Access.Expires!.Value - door.Time.GetUtcNow()), Timeout.InfiniteTimeSpan);
    }

    // Timers know milliseconds.
    private static TimeSpan Positive(TimeSpan span) => span > OneMillisecond ? span : OneMillisecond;

    private WireWriter Connected(AblyError? error)
    {
        var (now, options) = (Access, door.Options);
        var writer = Protocol.Begin(Format, ProtocolAction.Connected).Name("connectionId"u8).Text(request.Id);
        writer.Name("connectionDetails"u8).StartMap();
        if (now.ClientId is { } clientId) writer.Name("clientId"u8).Text(clientId);
        writer.Name("connectionKey"u8).Text(ConnectionRequest.KeyOf(request.Id, now, door.Hub.Sessions));
        writer.Name("maxMessageSize"u8).Number(door.MaxMessageSize).Name("maxFrameSize"u8).Number(door.MaxFrame);
        writer.Name("connectionStateTtl"u8).Number(120_000);
        writer.Name("maxIdleInterval"u8).Number((long)options.MaxIdle.TotalMilliseconds);
        writer.Name("serverId"u8).Text(door.Hub.Id).Name("siteCode"u8).Text("lan").End();
        if (error is not null) error.Write(writer.Name("error"u8));
        return writer.End();
    }

    private Attachments Create()
    {
        var created = new Attachments(this);
        return Interlocked.CompareExchange(ref attachments, created, null) ?? created;
    }
}
