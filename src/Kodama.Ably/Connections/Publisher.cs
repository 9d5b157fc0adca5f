namespace Kodama.Ably;

/// <summary>What a connection publishes, and as whom it enters (RTL6, RTP8 to RTP10). One frame at a time.</summary>
internal sealed class Publisher(AblyPeer client)
{
    private const int MaxMessages = 1000;

    // Channels that it speaks to without being attached: the last ones.
    private const int MaxVisits = 16;

    private readonly Acks acks = new(client);
    private readonly List<Visit> visits = [];

    private Hub Hub => client.Door.Hub;

    private Peer Peer => client.AsPeer!;

    public ValueTask Refuse(WireElement frame, AblyError error)
    {
        acks.Refuse(SerialOf(frame), error);
        return default;
    }

    public async ValueTask PublishAsync(WireElement frame, ProtocolAction action)
    {
        var serial = SerialOf(frame);
        var channel = frame["channel"u8].Text ?? "";
        if (Check(frame, channel, action) is { } refused)
        {
            acks.Refuse(serial, refused);
            return;
        }
        if (action == ProtocolAction.Annotation)
        {
            await AnnotateAsync(frame, channel, serial);
            return;
        }
        var messages = new List<IncomingMessage>();
        var size = 0L;
        foreach (var one in frame["messages"u8].Elements)
        {
            var (message, error) = IncomingMessage.Read(one, client.Access, Peer.Author.Name);
            if (error is null && (size += message!.Size) > client.Door.MaxMessageSize) error = TooLarge(size);
            if (error is null && messages.Count == MaxMessages) error = AblyError.BadRequest(
                $"A frame has at most {MaxMessages} messages.");
            if (error is not null)
            {
                acks.Refuse(serial, error);
                return;
            }
            messages.Add(message!);
        }
        var (room, visit, wrong) = await FindAsync(channel);
        if (wrong is not null)
        {
            acks.Refuse(serial, wrong);
            return;
        }
        if (messages.Exists(static message => message.Action is not (MessageAction.Create or MessageAction.Meta or MessageAction.Summary)))
        {
            await EditAsync(messages, channel, serial, room, visit);
            return;
        }
        var results = new PublishResult[messages.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var id = messages[i].Id is { } own
                ? IncomingMessage.OnceForAll(own)
                : new PublishId($"{Peer.Author.Id}:{serial}:{i}", Scope: Peer.Author.Id);
            results[i] = await PublishAsync(messages[i], id, room, visit);
            if (results[i].Refusal is null) continue;
            acks.Add(serial, room, results);
            return;
        }
        acks.Add(serial, room ?? Hub.FindRoom(client.Access.App.RoomOf(channel)), results);
    }

    public async ValueTask EnterAsync(WireElement frame)
    {
        var serial = SerialOf(frame);
        var channel = frame["channel"u8].Text ?? "";
        var attached = client.Attachments.Find(channel);
        var refused = attached?.Room is null ? new AblyError(90001, 400, "The channel is not attached: presence is for who is.")
            : attached.Modes.HasFlag(Flags.Presence) ? null
            : AblyError.NotAllowed("presence", channel);
        if (refused is not null)
        {
            acks.Refuse(serial, refused);
            return;
        }
        var results = new List<PublishResult>();
        foreach (var one in frame["presence"u8].Elements)
        {
            var (change, error) = PresenceChange.Read(one, client.Access, $"{Peer.Author.Id}:{serial}:{results.Count}", Peer.Author.Id);
            error ??= results.Count == MaxMessages ? AblyError.BadRequest($"A frame has at most {MaxMessages} messages.") : null;
            error ??= RefuseMember(attached!, change!);
            if (error is not null)
            {
                acks.Refuse(serial, error);
                return;
            }
            results.Add(await EnterAsync(attached!, change!));
            if (results[^1].Refusal is not null) break;
        }
        acks.Add(serial, attached!.Room, [.. results]);
    }

    private async ValueTask<PublishResult> EnterAsync(Attachment attached, PresenceChange change)
    {
        var room = attached.Room!;
        var role = new MemberRole(change.ClientId, change.Note.ToNote(), IsToldAgain: true);
        PublishResult result;
        if (change.IsLeave)
        {
            if (change.Note.Data is null && room.Members.Find(Peer, role) is { } member)
                role = role with { Note = change.Note.Leaving(MessageNote.Read(member.Note)).ToNote() };
            attached.Members?.Remove(change.ClientId);
            result = room.Members.Leave(Peer, role, client.Batch);
        }
        else
        {
            result = await room.Members.EnterAsync(Peer, role, change.Data, client.Batch, change.Id);
            if (result.Refusal is null) (attached.Members ??= new(StringComparer.Ordinal)).Add(change.ClientId);
        }
        if (!attached.SeesMembers && result is { Refusal: null, IsDuplicate: false }) TellOwn(attached, change);
        return result;
    }

    private AblyError? RefuseMember(Attachment attached, PresenceChange change) =>
        change.IsLeave || attached.Members is not { } members || members.Count < client.Door.Options.MaxMembers
            || members.Contains(change.ClientId)
            ? null
            : new AblyError(91003, 400, $"A connection has at most {client.Door.Options.MaxMembers} members in a channel.");

    // Who is not told of members knows its own all the same (RTP17a).
    private void TellOwn(Attachment attached, PresenceChange change)
    {
        using var writer = Protocol.Begin(client.Format, ProtocolAction.Presence);
        writer.Name("channel"u8).Text(attached.Channel).Name("connectionId"u8).Text(Peer.Author.Id);
        writer.Name("timestamp"u8).Number(client.Door.Time.GetUtcNow().ToUnixTimeMilliseconds()).Name("presence"u8).StartArray().StartMap();
        writer.Name("action"u8).Number((int)change.Action).Name("id"u8).Text(change.WireId).Name("clientId"u8).Text(change.ClientId);
        MessageData.WriteMember(writer, change.Data.Bytes.Span, change.Note.Encoding);
        client.Answer(writer.End().End().End());
    }

    private ValueTask<PublishResult> PublishAsync(IncomingMessage message, PublishId id, Room? room, Visit? visit)
    {
        var options = message.IsEphemeral
            ? new PublishOptions(IsTransient: true, Note: message.Note.ToNote())
            : new PublishOptions(id, Note: message.Note.ToNote());
        return room is not null
            ? Hub.PublishAsync(Peer, room, message.Payload, message.Event, options, client.Batch)
            : Hub.PublishAsync(visit!, message.Payload, message.Event, options, Peer.Disconnected);
    }

    private AblyError? Check(WireElement frame, string channel, ProtocolAction action)
    {
        if (!ChannelName.IsValid(channel, client.Access.App)) return ChannelName.Invalid(channel);
        if (frame["params"u8]["_forceNack"u8].Text == "true") return new AblyError(40099, 400, "A NACK, as was asked for.");
        return action == ProtocolAction.Annotation
            ? client.Access.Refuse(Operations.AnnotationPublish, channel, "publishing annotations")
            : client.Access.Refuse(Operations.Publish, channel, "publishing");
    }

    /// <summary>Where to publish: in the room, for who is attached and may, or from outside.</summary>
    private async ValueTask<(Room? Room, Visit? Visit, AblyError? Error)> FindAsync(
        string channel, Flags mode = Flags.Publish)
    {
        if (client.Attachments.Find(channel) is { } attached)
        {
            return attached.Modes.HasFlag(mode)
                ? (attached.Room, null, null)
                : (null, null, AblyError.NotAllowed("publishing, in the modes of this attachment,", channel));
        }
        var name = client.Access.App.RoomOf(channel);
        var visit = visits.Find(known => known.Room == name);
        if (visit is null)
        {
            client.Flush();
            visit = await Hub.VisitAsync(Peer, name, RoomRights.Publish);
            if (visit.Refusal is { Refusal: { } refusal } refused) return (null, null, AblyError.Of(refused.Code, refusal));
            if (visits.Count == MaxVisits) visits.RemoveAt(0);
            visits.Add(visit);
        }
        return (null, visit, null);
    }

    // Alone in its frame, as SDKs send it.
    private async ValueTask EditAsync(List<IncomingMessage> messages, string channel, long serial, Room? room, Visit? visit)
    {
        if (messages is not [{ } change] || change.Source["serial"u8].Text is not { } changed)
        {
            acks.Refuse(serial, AblyError.BadRequest("A change of a message comes alone, with the serial of the message."));
            return;
        }
        await AnswerAsync(serial, RoomOf(room, visit), of => client.Door.Edits.EditAsync(
            of, changed, change, client.Access, channel, PublishTo(room, visit), Peer.Disconnected));
    }

    private async ValueTask AnnotateAsync(WireElement frame, string channel, long serial)
    {
        var annotations = frame["annotations"u8].Elements.ToList();
        var (room, visit, wrong) = await FindAsync(channel, Flags.AnnotationPublish);
        if (wrong is null && annotations is not [_]) wrong = AblyError.BadRequest("Annotations come one in a frame.");
        if (wrong is not null)
        {
            acks.Refuse(serial, wrong);
            return;
        }
        await AnswerAsync(serial, RoomOf(room, visit), of => client.Door.Edits.AnnotateAsync(
            of, annotations[0], client.Access, PublishTo(room, visit), Peer.Disconnected));
    }

    private async ValueTask AnswerAsync(long serial, Room? room, Func<Room?, ValueTask<(PublishResult Result, AblyError? Error)>> change)
    {
        client.Flush();
        try
        {
            var (result, error) = await change(room);
            if (error is not null) acks.Refuse(serial, error);
            else acks.Add(serial, room, [result]);
        }
        catch (EngineException)
        {
            acks.Refuse(serial, AblyError.Unreadable);
        }
    }

    private Room? RoomOf(Room? room, Visit? visit)
    {
        if (room is null) Hub.OpenToRead(visit!.Room, out room);
        return room;
    }

    private MessageEdits.Publish PublishTo(Room? room, Visit? visit) => (payload, eventName, options) => room is not null
        ? Hub.PublishAsync(Peer, room, payload, eventName, options, client.Batch)
        : Hub.PublishAsync(visit!, payload, eventName, options, Peer.Disconnected);

    private AblyError TooLarge(long size) => new(
        40009, 400, $"Messages of one frame have at most {client.Door.MaxMessageSize} bytes, and these have {size}.");

    private static long SerialOf(WireElement frame) => frame["msgSerial"u8].Integer ?? 0;
}
