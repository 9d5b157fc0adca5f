using System.Text;
using System.Text.Json;
using Kodama.Client.Connecting;
using Kodama.Client.Direct;
using Kodama.Client.Protocol;
using Kodama.Client.Publishing;
using Kodama.Client.Reconnecting;
using Kodama.Client.Sending;
using Kodama.Client.Sessions;

namespace Kodama.Client.Rooms;

/// <summary>kodama.v1 over the connections of a client: the rooms, and which of them what comes is for. One lock for all of it; no I/O
/// under it.</summary>
internal sealed class RoomsConversation(RoomsSettings settings, CancellationToken stopping) : IConversation
{
    // How long a hub waits for a hello: until then one that was said over a connection given up may come to it, and take over the next.
    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, RoomMembership> rooms = new(StringComparer.Ordinal);
    private readonly List<byte[]> ownIds = settings.Session is { } own ? [Encoding.UTF8.GetBytes(own.Id)] : [];
    private readonly FrameReader reader = new();
    private Hello? hello;
    private HubConnection? current;
    private long? unheard;
    private HubFrame? awaiting;
    private NotConnectedException? closed;

    public Lock Gate { get; } = new();

    public SendTurns Turns { get; } = new();

    public PublishQueue Publishing { get; } = new(settings.PublishCapacity, settings.PublishBytes, settings.PublishFullMode);

    public DirectQueue Direct { get; } = new(settings.EntryCapacity);

    public HubSession? Session { get; private set => Volatile.Write(ref field, value); } = settings.Session;

    public bool IsResumed => hello is { IsResumed: true };

    /// <summary>Of the moment; null, where there is none. With the lock.</summary>
    public Wire? Wire { get; private set; }

    public async Task GreetAsync(HubConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            hello = await Hello.SayAsync(connection, Session, cancellationToken).ConfigureAwait(false);
            connection.Others = hello.Others;
        }
        catch
        {
            unheard = settings.Connection.Time.GetTimestamp();
            throw;
        }
    }

    public bool MayComeBack(Exception cause) =>
        cause is not KodamaClientException { ShouldReconnect: false } || IsOwnDoing(cause);

    public void Open(HubConnection connection)
    {
        lock (Gate)
        {
            var isSessionNew = Session is not null && !IsResumed;
            Session = hello!.Session;
            if (!IsResumed) ownIds.Add(Encoding.UTF8.GetBytes(Session.Id));
            current = connection;
            Wire = new Wire(connection, hello.Limits, Turns, Gate);
            awaiting = null;
            foreach (var room in rooms.Values.ToList()) room.Begin(isSessionNew);
        }
        Wire?.Flush();
    }

    public ValueTask TakeAsync(HubMessage message, CancellationToken lost, CancellationToken stopped)
    {
        // Before the lock: this is what a message costs.
        var frame = message.IsText ? reader.Read(message.Bytes) : null;
        Wire? wire;
        lock (Gate)
        {
            wire = Wire;
            if (frame is null && awaiting is not null)
            {
                awaiting.Bytes = message.Bytes;
                frame = awaiting;
            }
            awaiting = frame is { IsBinary: true, Bytes: null } ? frame : null;
            if (frame is not null && awaiting is null) TakeOrRefuse_NeedsLock(frame);
        }
        wire?.Flush();
        return default;
    }

    public void ExpectNoMore()
    {
        lock (Gate) closed = new NotConnectedException("The client is closed, and sends no more: make a new one.");
    }

    public void Break(HubConnection connection, Exception cause)
    {
        lock (Gate) Break_NeedsLock(cause);
    }

    public void Close(Exception? cause)
    {
        lock (Gate)
        {
            closed = new NotConnectedException("The client is closed, and sends no more: make a new one.", cause);
            Break_NeedsLock(cause);
        }
    }

    public void Complete(Exception? cause)
    {
        lock (Gate)
        {
            foreach (var room in rooms.Values.ToList()) room.End(cause, closed);
        }
        Direct.Complete(cause);
    }

    /// <summary>A room to be joined: now, or when there is a connection.</summary>
    /// <exception cref="InvalidOperationException">It is joined already.</exception>
    /// <exception cref="NotConnectedException">The client is closed.</exception>
    public RoomMembership Add(JoinSettings join)
    {
        RoomMembership room;
        Wire? wire;
        lock (Gate)
        {
            ThrowIfClosed_NeedsLock();
            if (rooms.ContainsKey(join.Room))
                throw new InvalidOperationException($"Room {join.Room} is joined already, or being joined: leave it first.");
            room = new RoomMembership(this, join);
            rooms.Add(join.Room, room);
            wire = Wire;
            if (wire is not null) room.Begin(isSessionNew: false);
        }
        wire?.Flush();
        return room;
    }

    /// <exception cref="NotConnectedException">The client is closed.</exception>
    public void ThrowIfClosed_NeedsLock()
    {
        if (closed is not null) throw closed;
    }

    /// <summary>Does something with the lock, and sends what it has brought.</summary>
    public T Do<T>(Func<T> what)
    {
        T result;
        Wire? wire;
        lock (Gate)
        {
            result = what();
            wire = Wire;
        }
        wire?.Flush();
        return result;
    }

    public IReadOnlyList<RoomMembership> Rooms()
    {
        lock (Gate) return [.. rooms.Values];
    }

    public void Remove(RoomMembership room)
    {
        if (rooms.GetValueOrDefault(room.Settings.Room) == room) rooms.Remove(room.Settings.Room);
    }

    /// <summary>Whether this is an id of the client's, of now or before.</summary>
    public bool IsOwn(JsonText id)
    {
        foreach (var own in ownIds)
        {
            if (id.Is(own)) return true;
        }
        return false;
    }

    public Action Drained(RoomMembership room) => () => Do(() =>
    {
        room.GoOn();
        return true;
    });

    /// <summary>Tries a join that was refused again, when and if the strategy says so.</summary>
    public void JoinLater(RoomMembership room, int attempt, RequestRefusedException refusal) =>
        _ = JoinLaterAsync(room, Wire, attempt, refusal);

    // Its own hello has come late, and not another program with its session.
    private bool IsOwnDoing(Exception cause) =>
        cause is HubClosedException { CloseCode: HubClosedException.TakenOverCode }
        && unheard is { } since && settings.Connection.Time.GetElapsedTime(since) < HelloPatience;

    private async Task JoinLaterAsync(RoomMembership room, Wire? over, int attempt, RequestRefusedException refusal)
    {
        // The strategy is the program's: not with the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Exception? end = null;
        try
        {
            if (ReconnectStrategy.Bounded(settings.Connection.Reconnect.Next(attempt, refusal)) is { } pause)
                await Task.Delay(pause, settings.Connection.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else end = refusal;
        }
        catch (Exception exception)
        {
            // As it ends a client.
            end = exception;
        }
        Do(() =>
        {
            // Another connection has joined it anew.
            if (over == Wire && Wire is not null) room.JoinAgain(end);
            return true;
        });
    }

    private void TakeOrRefuse_NeedsLock(HubFrame frame)
    {
        try
        {
            Take_NeedsLock(frame);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // A time that no calendar has, half a character, a member that is there twice: what is decoded late.
            throw FrameReader.NoFrame(exception);
        }
    }

    private void Take_NeedsLock(HubFrame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Ok or FrameType.Joined or FrameType.History:
                Wire?.TakeAnswered_NeedsLock(frame.Number)?.OnAnswer(frame);
                break;
            case FrameType.Error:
                Wire?.TakeAnswered_NeedsLock(frame.Number)?.OnRefused(RequestRefusedException.Of(frame));
                break;
            case FrameType.Message when frame.Room.IsMissing:
                Direct.Add(frame);
                break;
            case FrameType.Cluster:
                current!.Others = frame.Hubs.IsEmpty ? OtherHubs.None : OtherHubs.Of(JsonElement.Parse(frame.Hubs.Span));
                break;
            case FrameType.Message or FrameType.Presence or FrameType.State or FrameType.Mark or FrameType.Left:
                Find_NeedsLock(frame.Room)?.Take(frame);
                break;
        }
    }

    private RoomMembership? Find_NeedsLock(JsonText name)
    {
        // A room's name is short; what is longer is none of ours.
        Span<char> text = stackalloc char[512];
        return Encoding.UTF8.TryGetChars(name.Utf8.Span, text, out var length)
            && rooms.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out var room) ? room : null;
    }

    private void Break_NeedsLock(Exception? cause)
    {
        var wire = Wire;
        Wire = null;
        foreach (var room in rooms.Values) room.Break();
        wire?.Break_NeedsLock(cause);
    }
}
