using Kodama.WebSockets;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Does what a client asks for: a call of the hub, and its answer. One frame at a time.</summary>
internal sealed class V1Requests(Hub hub, Peer peer, DoorPeer client, Answers answers, V1Pace pace, ILogger logger)
{
    // Whose binary frame is to come next.
    private V1Request? awaiting;

    private int wrongTokens;

    // The last of what an engine keeps: its answer comes behind those before it.
    private Task answering = Task.CompletedTask;

    // The room of the join that is not answered yet.
    private string? joining;
    private Room? left;

    /// <summary>Handles a frame; what it holds is valid until the task ends.</summary>
    public ValueTask HandleAsync(MessageType type, ReadOnlyMemory<byte> frame, FlushBatch batch)
    {
        var before = awaiting;
        awaiting = null;
        if (type == MessageType.Binary)
        {
            if (before is null)
                return Refuse(
                    null, V1Error.Invalid("A binary frame has come that no request before it has announced with \"binary\":true."));
            before.Payload = Payload.Of(frame);
            return DoInTimeAsync(before, batch);
        }
        if (before is not null)
            answers.Error(before.Number, V1Error.Invalid("The binary frame of this request has not come right behind it."));
        var (request, error) = V1RequestReader.Read(frame);
        if (error is { } wrong) return Refuse(request.Number, wrong);
        if (!request.IsBinary) return DoInTimeAsync(request, batch);
        awaiting = request;
        return default;
    }

    /// <summary>A review of the rules has taken the peer out of a room.</summary>
    public void Expelled(Room room)
    {
        // That it has come in is said first.
        if (Volatile.Read(ref joining) == room.Name)
        {
            Interlocked.Exchange(ref left, room);
            // Unless the join has been answered meanwhile: whoever takes it back tells.
            if (Volatile.Read(ref joining) is not null || Interlocked.Exchange(ref left, null) is null) return;
        }
        TellLeft(room);
    }

    private void TellLeft(Room room)
    {
        answers.Left(room);
        answers.Send();
    }

    private ValueTask DoInTimeAsync(V1Request request, FlushBatch batch) =>
        pace.MustWait(request.Type) ? DoWhenTakenAsync(request, batch) : DoAsync(request, batch);

    private async ValueTask DoWhenTakenAsync(V1Request request, FlushBatch batch)
    {
        client.Flush();
        if (await pace.WaitAsync()) await DoAsync(request, batch);
    }

    private ValueTask DoAsync(V1Request request, FlushBatch batch)
    {
        var number = request.Number;
        switch (request.Type)
        {
            case V1RequestType.Ping:
                answers.Ok(number);
                return default;
            case V1RequestType.Hello:
                return Refuse(number, V1Error.Invalid("A hello comes once, first."));
            case V1RequestType.Join:
                return JoinAsync(request);
            case V1RequestType.Send:
                return AnswerAsync(request, null, hub.SendAsync(peer, request.To!, request.Payload, request.Event, batch));
        }
        // A room in which a peer is does not vanish, nor give way to another of its name.
        if (hub.FindRoom(request.Room) is not { } room || !peer.IsIn(room)) return Refuse(number, V1Error.NotJoined(request.Room));
        switch (request.Type)
        {
            case V1RequestType.Publish:
                var options = new PublishOptions(request.PublishId, request.IsTransient);
                return AnswerAsync(request, room, hub.PublishAsync(peer, room, request.Payload, request.Event, options, batch));
            case V1RequestType.Enter:
                return AnswerAsync(request, room, room.Members.EnterAsync(peer, Payload.OfText(request.Data), batch, request.PublishId));
            case V1RequestType.Exit:
                Answer(request, room, room.Members.Leave(peer, batch));
                return default;
            case V1RequestType.Set:
                return AnswerAsync(
                    request, room, room.State.SetAsync(request.Key!, request.Payload, peer, request.IsBound, batch, request.PublishId));
            case V1RequestType.Remove:
                return AnswerAsync(request, room, room.State.RemoveAsync(request.Key!, peer, batch, request.PublishId));
            case V1RequestType.Members:
                answers.Members(number, room);
                return default;
            case V1RequestType.State:
                answers.State(number, room, request.Key);
                return default;
            case V1RequestType.History:
                return HistoryAsync(request, room);
            case V1RequestType.Leave:
                if (!Hub.Leave(peer, room)) return Refuse(number, V1Error.NotJoined(request.Room));
                answers.Ok(number);
                return default;
            default:
                throw new InvalidOperationException($"Requests of type {request.Type} have nobody who does them.");
        }
    }

    private async ValueTask JoinAsync(V1Request request)
    {
        Volatile.Write(ref joining, request.Room);
        await AnswerJoinAsync(request);
        // Either this sees that the peer was taken out meanwhile, or whoever takes it out sees that the join is answered.
        Interlocked.Exchange(ref joining, null);
        if (Interlocked.Exchange(ref left, null) is { } room && !peer.IsIn(room)) TellLeft(room);
    }

    private async ValueTask AnswerJoinAsync(V1Request request)
    {
        var join = new JoinRequest
        {
            Room = request.Room,
            Start = request.Start,
            Presence = request.WantsPresence,
            State = request.WantsState,
            Lists = request.WantsLists,
            Token = request.Token,
            IsHeld = true,
        };
        Joined joined;
        try
        {
            joined = await client.JoinAsync(join, peer.Disconnected);
        }
        catch (OperationCanceledException) when (peer.Disconnected.IsCancellationRequested)
        {
            return;
        }
        switch (joined.Result)
        {
            case JoinResult.Joined:
                // Into the outbox before anything of the room.
                if (!answers.Joined(request.Number, joined))
                {
                    Hub.Leave(peer, joined.Room!);
                    answers.Error(request.Number, V1Error.NoMemory);
                    return;
                }
                answers.Send();
                joined.Begin();
                break;
            case JoinResult.AlreadyIn:
                answers.Error(request.Number, new(V1Error.AlreadyJoined, $"The peer is in room {request.Room} already: leave it first."));
                break;
            case JoinResult.PeerFull:
                const string LeaveOne = "The peer is in as many rooms as it may: leave one of them first.";
                answers.Error(request.Number, new(V1Error.TooManyRooms, LeaveOne));
                break;
            case JoinResult.HubFull:
                const string HubFull = "The hub has as many rooms as it may: join one that there is, or try again later.";
                answers.Error(request.Number, new(V1Error.TooManyRooms, HubFull));
                break;
            case JoinResult.Unavailable:
                answers.Error(request.Number, V1Error.Unavailable(request.Room));
                break;
            case JoinResult.Refused:
                answers.Error(request.Number, V1Error.NotAllowed(joined.Reason ?? $"Room {request.Room} is not open to this peer."));
                if (request.Token is null || ++wrongTokens < V1Limits.WrongTokens) break;
                answers.Send();
                peer.Disconnect(V1Close.WrongTokens);
                break;
        }
    }

    private ValueTask HistoryAsync(V1Request request, Room room)
    {
        if (!peer.RightsIn(room).HasFlag(RoomRights.History))
            return Refuse(request.Number, V1Error.NotAllowed($"The rules of room {room.Name} do not grant its history."));
        var reading = RoomHistory.ReadAsync(
            room, request.Before, request.After, request.Limit, V1Limits.PageBytes, peer.Disconnected);
        if (!reading.IsCompletedSuccessfully)
        {
            client.Flush();
            return HistoryWhenReadAsync(request, room, reading);
        }
        answers.History(request, room, reading.Result);
        return default;
    }

    private async ValueTask HistoryWhenReadAsync(V1Request request, Room room, ValueTask<EntryPage> reading)
    {
        try
        {
            answers.History(request, room, await reading);
        }
        catch (OperationCanceledException) when (peer.Disconnected.IsCancellationRequested)
        {
        }
        catch (EngineException exception)
        {
            // Of what is known to be wrong with the engine, it has told itself.
            if (!room.Hub.IsEngineAway) ServerLog.PageFailed(logger, room.Name, exception);
            answers.Error(request.Number, V1Error.Unavailable(room.Name));
        }
    }

    private ValueTask AnswerAsync(V1Request request, Room? room, ValueTask<PublishResult> publishing)
    {
        if (publishing.IsCompletedSuccessfully)
        {
            Answer(request, room, publishing.Result);
            return default;
        }
        // A filter takes its time: what was asked for before is not to wait for it.
        answers.Send();
        return AnswerWhenDoneAsync(request, room, publishing);
    }

    private async ValueTask AnswerWhenDoneAsync(V1Request request, Room? room, ValueTask<PublishResult> publishing) =>
        Answer(request, room, await publishing);

    /// <summary>
    /// Answers now, or, where an engine must keep it first, when it has, and what was to be kept before it is answered. What the client
    /// asks for next does not wait for that.
    /// </summary>
    private void Answer(V1Request request, Room? room, in PublishResult result)
    {
        if (result.Pending is not { } pending) Answer(request.Number, room, result, result.IsDuplicate);
        else if (pending.IsCompleted && answering.IsCompleted) Answer(request.Number, room, pending.Result, result.IsDuplicate);
        else answering = AnswerWhenKeptAsync(answering, request.Number, room, pending, result.IsDuplicate);
    }

    private async Task AnswerWhenKeptAsync(Task before, long? number, Room? room, Task<PublishResult> pending, bool isDuplicate)
    {
        await before;
        Answer(number, room, await pending, isDuplicate);
        answers.SendSoon();
    }

    private void Answer(long? number, Room? room, in PublishResult result, bool isDuplicate)
    {
        if (result.Refusal is { } refusal) answers.Error(number, V1Error.Of(result.Code, refusal));
        else if (room is null) answers.Ok(number);
        else answers.Ok(number, room, result, isDuplicate || result.IsDuplicate);
    }

    private ValueTask Refuse(long? number, in V1Error error)
    {
        answers.Error(number, error);
        return default;
    }
}
