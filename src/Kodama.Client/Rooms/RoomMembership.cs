using Kodama.Client.Protocol;
using Kodama.Client.Publishing;

namespace Kodama.Client.Rooms;

/// <summary>A room as this client is in it: joined, joined again after each cut, left. Used with the client's lock held.</summary>
internal sealed class RoomMembership : ILineRoom
{
    private readonly RoomsConversation client;
    private readonly RoomStream stream;
    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PageRequest> pages = [];
    private readonly RoomBelongings belongings;
    private readonly OwnMessages said = new();
    private JoinRequest? joining;
    private int refusals;

    public RoomMembership(RoomsConversation client, JoinSettings settings)
    {
        this.client = client;
        Settings = settings;
        Queue = new EntryQueue(settings.Capacity, settings.FullMode, client.Drained(this));
        stream = new RoomStream(Queue, Lists);
        Line = new ChangeLine(this, client.Publishing);
        belongings = new RoomBelongings(settings.Room);
    }

    public JoinSettings Settings { get; }

    public EntryQueue Queue { get; }

    public RoomLists Lists { get; } = new();

    public ChangeLine Line { get; }

    /// <summary>Ends when the hub has let the client in for the first time.</summary>
    public Task Entered => entered.Task;

    public RoomPosition? Position => stream.Position;

    public bool IsJoined { get; private set; }

    public bool IsCatchingUp { get; private set; }

    /// <summary>Whether the room tells its members what they say themselves.</summary>
    public bool Echoes { get; private set; }

    /// <summary>Whether it was left, or the client has ended.</summary>
    public bool HasEnded { get; private set; }

    public Wire? Wire => IsJoined || joining is not null ? client.Wire : null;

    /// <summary>There is a new connection.</summary>
    public void Begin(bool isSessionNew)
    {
        refusals = 0;
        Join();
        foreach (var page in pages) Send(page);
        Line.Restart(isSessionNew);
    }

    /// <summary>The connection has ended.</summary>
    public void Break()
    {
        IsJoined = false;
        joining = null;
    }

    public void Joined(JoinRequest request, HubFrame answer)
    {
        if (request != joining) return;
        joining = null;
        IsJoined = true;
        refusals = 0;
        Echoes = answer.Echoes;
        stream.Join(answer, request.After);
        // Whatever was refused as the join before was has been so by now: answers come in order.
        foreach (var page in pages) Send(page);
        Line.Joined();
        entered.TrySetResult();
    }

    public void NotJoined(JoinRequest request, RequestRefusedException refusal)
    {
        if (request != joining) return;
        joining = null;
        if (entered.Task.IsCompleted && refusal.IsForAMoment) client.JoinLater(this, ++refusals, refusal);
        else End(refusal);
    }

    /// <summary>The join was refused for a moment, which has passed.</summary>
    /// <param name="end">Ends it, as it is not to be tried again; null to do so.</param>
    public void JoinAgain(Exception? end)
    {
        if (HasEnded || IsJoined || joining is not null) return;
        if (end is null) Join();
        else End(end);
    }

    /// <summary>Something has come of it.</summary>
    public void Take(HubFrame frame)
    {
        // Of a stay that is over: it comes again behind the join that is under way.
        if (!IsJoined) return;
        switch (frame.Type)
        {
            case FrameType.Left:
                End(RequestRefusedException.Of(frame));
                break;
            case FrameType.Mark:
                stream.Mark(frame, hasCaughtUp: frame.IsLive && IsCatchingUp);
                if (!frame.IsLive) break;
                IsCatchingUp = false;
                Line.CaughtUp();
                break;
            default:
                TakeEntry(frame);
                break;
        }
    }

    public void Acknowledged(Change change, Publication publication)
    {
        belongings.Keep(change);
        if (change.IsMessage && publication.Position is { } place && Position is { } known) said.Add(change.Id, place, known);
    }

    public void Lost(RequestRefusedException refusal)
    {
        if (IsJoined) End(refusal);
    }

    public void Rejoin()
    {
        if (!IsJoined || client.Wire is not { } wire) return;
        wire.Send_NeedsLock(Leaving(out _));
        IsJoined = false;
        Join();
    }

    /// <summary>The reader has caught up with what waits.</summary>
    public void GoOn()
    {
        if (stream.IsBehind) Rejoin();
    }

    /// <summary>Reads a page.</summary>
    public void Ask(PageRequest page)
    {
        pages.Add(page);
        Send(page);
    }

    public void Answered(PageRequest page) => pages.Remove(page);

    /// <summary>No longer present.</summary>
    public void Exit()
    {
        Line.Exit();
        belongings.Exit();
    }

    /// <summary>Leaves it.</summary>
    /// <returns>Ends when the hub has said so, or cannot; null, if there is nobody to tell.</returns>
    public Task? Leave()
    {
        if (HasEnded) return null;
        Task? left = null;
        Wire?.Send_NeedsLock(Leaving(out left));
        End(null);
        return left;
    }

    /// <summary>It is over: left, not allowed any more, or the client has ended.</summary>
    /// <param name="cause">With what its entries end; null for no error.</param>
    /// <param name="why">With what those end that wait for something; null for the cause, or that it was left.</param>
    public void End(Exception? cause, Exception? why = null)
    {
        if (HasEnded) return;
        HasEnded = true;
        IsJoined = false;
        joining = null;
        client.Remove(this);
        why ??= cause ?? new NotConnectedException($"Room {Settings.Room} was left, and nothing more is sent there: join it again.");
        Line.Close(why);
        foreach (var page in pages.ToList()) page.Fail(why);
        pages.Clear();
        entered.TrySetException(why);
        _ = entered.Task.Exception;
        Queue.Complete(cause);
    }

    private void TakeEntry(HubFrame frame)
    {
        var isOwn = client.IsOwn(frame.Type == FrameType.Presence ? frame.Member : frame.From);
        if (isOwn && !Line.IsEmpty && !frame.Id.IsMissing && frame.Offset >= 0)
            Line.See(frame.Id.Get()!, new RoomPosition(Position!.Value.Epoch, frame.Offset));
        if (!isOwn && frame.Type == FrameType.State) belongings.Lose(frame.Key.Get() ?? "");
        // Its acknowledgement was all there is of it: what is told again after a cut tells no more than what is told live.
        if (isOwn && !Echoes && frame.Type == FrameType.Message && said.Contains(frame.Id.Get())) stream.Skip(frame);
        else if (!stream.Take(frame, isOwn)) Overflow();
    }

    private void Overflow()
    {
        Wire?.Send_NeedsLock(Leaving(out _));
        End(new MessagesFullException(Settings.Capacity));
    }

    private void Join()
    {
        if (client.Wire is not { } wire) return;
        var body = RequestBody.Write((Settings, Position), static (writer, join) => join.Settings.Write(writer, join.Position));
        IsCatchingUp = true;
        wire.Send_NeedsLock(joining = new JoinRequest(this, body, Position ?? Settings.Start.AfterPosition));
        foreach (var request in belongings.Again()) wire.Send_NeedsLock(request);
    }

    private void Send(PageRequest page)
    {
        if (Wire is not { } wire || page.IsUnderWay) return;
        page.IsUnderWay = true;
        wire.Send_NeedsLock(page);
    }

    private Ask<bool> Leaving(out Task left)
    {
        var leaving = new Ask<bool>("leave", RoomBodies.Room(Settings.Room), static _ => true);
        left = leaving.Task;
        return leaving;
    }
}
