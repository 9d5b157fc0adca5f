namespace Kodama;

/// <summary>
/// What clients that hold no connection ask of a room: the rules are asked for each, and again where a review has begun before it is
/// done.
/// </summary>
internal sealed class Visits(Hub hub, RoomRegistry rooms, Grants grants, Publishing publishing)
{
    public async ValueTask<Visit> BeginAsync(
        PeerDescription client, string roomName, RoomRights wanted, string? token, CancellationToken cancellationToken)
    {
        RoomName.ThrowIfInvalid(roomName);
        var visit = new Visit(hub.Describe(client), roomName, token);
        if (await hub.ValidateRequestAsync(visit.Client, wanted, cancellationToken) is { } refusal)
        {
            visit.Refusal = PublishResult.Refused(
                refusal == CloseReason.TryLater ? RefusalCode.Unavailable : RefusalCode.Refused, refusal.Text);
            return visit;
        }
        return await BeginAsync(visit, wanted, cancellationToken);
    }

    /// <summary>Of a client that is connected.</summary>
    public ValueTask<Visit> BeginAsync(
        Peer client, string roomName, RoomRights wanted, string? token, CancellationToken cancellationToken)
    {
        RoomName.ThrowIfInvalid(roomName);
        return BeginAsync(new Visit(client, roomName, token), wanted, cancellationToken);
    }

    private async ValueTask<Visit> BeginAsync(Visit visit, RoomRights wanted, CancellationToken cancellationToken)
    {
        await AskAsync(visit, cancellationToken);
        if (!visit.Grant.Has(wanted))
        {
            visit.Refusal = visit.Grant.Reason is { } reason
                ? PublishResult.Refused(RefusalCode.NotAllowed, reason)
                : PublishResult.NotGranted(visit.Room, "that");
        }
        return visit;
    }

    public ValueTask<PublishResult> PublishAsync(
        Visit visit, Payload payload, string eventName, PublishOptions options, CancellationToken cancellationToken)
    {
        var goesNowhere = rooms.Find(visit.Room) is null
            && (options.IsTransient || Retention.Of(rooms.OptionsOf(visit.Room).Log, hub.Options.Log).Messages == 0);
        if (goesNowhere) return new(visit.Refusal ?? default);
        return InRoomAsync(
            visit, RoomRights.Publish,
            (room, batch) => publishing.PublishAsync(visit.Client, visit, room, payload, eventName, options, batch, cancellationToken),
            cancellationToken);
    }

    public ValueTask<PublishResult> ChangeStateAsync(
        Visit visit, string key, Payload? value, KeyCondition condition, CancellationToken cancellationToken) =>
        InRoomAsync(
            visit, RoomRights.State,
            (room, batch) => room.State.ChangeAsync(visit, key, value, batch, condition, cancellationToken), cancellationToken);

    /// <summary>Sets a key by the program's own word: no rule is asked.</summary>
    public async ValueTask<PublishResult> SetStateAsync(string roomName, string key, Payload value)
    {
        RoomName.ThrowIfInvalid(roomName);
        while (true)
        {
            if (rooms.TryOpen(roomName, out var room) is var failure && room is null) return NoRoom(failure, roomName);
            var result = room.State.Set(key, value);
            if (result.Code != RefusalCode.RoomGone) return result.Pending is { } pending ? await pending : result;
            rooms.Forget(room);
        }
    }

    /// <summary>Does this in the room of this name, which appears if it did not exist, and waits until it is decided.</summary>
    private async ValueTask<PublishResult> InRoomAsync(
        Visit visit, RoomRights wanted, Func<Room, FlushBatch, ValueTask<PublishResult>> publish, CancellationToken cancellationToken)
    {
        if (visit.Refusal is { } refusal) return refusal;
        while (true)
        {
            // A review has begun since the rules were asked.
            if (!grants.IsCurrent(visit.Grant)) await AskAsync(visit, cancellationToken);
            if (!visit.Grant.Has(wanted)) return PublishResult.NotGranted(visit.Room, "that");
            if (rooms.TryOpen(visit.Room, out var room) is var failure && room is null) return NoRoom(failure, visit.Room);
            PublishResult result;
            using (var batch = FlushBatch.Rent()) result = await publish(room, batch);
            if (result.IsOutdated) continue;
            if (result.Code == RefusalCode.RoomGone)
            {
                // It vanished at this moment: whoever emptied it is about to take it out.
                rooms.Forget(room);
                continue;
            }
            var (isDuplicate, filtered) = (result.IsDuplicate, result.Filtered);
            if (result.Pending is { } pending) result = await pending;
            return result with
            {
                IsDuplicate = isDuplicate || result.IsDuplicate,
                Filtered = filtered,
                Epoch = result.Epoch ?? room.Epoch,
            };
        }
    }

    // Until no review has begun meanwhile.
    private async ValueTask AskAsync(Visit visit, CancellationToken cancellationToken)
    {
        do visit.Grant = await grants.AskAsync(visit.Client, visit.Room, visit.Token, cancellationToken);
        while (!grants.IsCurrent(visit.Grant));
    }

    private PublishResult NoRoom(RefusalCode code, string room) => PublishResult.Refused(
        code, code == RefusalCode.TooManyRooms ? rooms.TooMany : $"What is kept of room {room} cannot be read now: try again later.");
}
