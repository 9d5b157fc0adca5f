using System.Runtime.CompilerServices;

namespace Kodama.Ably;

/// <summary>Changes of messages that were said, and annotations of them (docs/specs/ably.md, E1 to E5).</summary>
internal sealed class MessageEdits(AblyHub door)
{
    private const int MostMerges = 16;

    private readonly ConditionalWeakTable<Room, RoomEdits> rooms = [];

    /// <summary>Publishes something, as who asks for it: of the room that was found.</summary>
    public delegate ValueTask<PublishResult> Publish(Payload payload, string eventName, PublishOptions options);

    /// <summary>Waits until nobody else edits in the room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="message">The place of the oldest message that is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<RoomEdits.Turn> TakeAsync(Room room, long message, CancellationToken cancellationToken) =>
        rooms.GetOrCreateValue(room).TakeAsync(room, message, cancellationToken);

    /// <summary>Likewise, for the message of this serial.</summary>
    public ValueTask<RoomEdits.Turn> TakeAsync(Room room, string serial, CancellationToken cancellationToken) =>
        TakeAsync(room, Serial.TryParse(serial, out var at) && at.Epoch == room.Epoch ? at.Offset : room.Offset, cancellationToken);

    /// <summary>Updates, deletes or appends to a message; answers with the place of the change.</summary>
    /// <param name="room">Where it was said; null, where there is no such room.</param>
    /// <param name="serial">Which.</param>
    /// <param name="change">What the client has sent.</param>
    /// <param name="access">Who.</param>
    /// <param name="channel">Of that name.</param>
    /// <param name="publish">How.</param>
    /// <param name="cancellationToken">Ends the wait for others.</param>
    public async ValueTask<(PublishResult Result, AblyError? Error)> EditAsync(
        Room? room, string serial, IncomingMessage change, Access access, string channel, Publish publish,
            CancellationToken cancellationToken)
    {
        if (room is null) return (default, Gone);
        using var turn = await TakeAsync(room, serial, cancellationToken);
        if (await turn.FindAsync(serial) is not { } message) return (default, Gone);
        if (RefuseEdit(message, change.Action, access, channel) is { } refused) return (default, refused);
        var latest = await turn.LatestAsync(serial, message);
        var (before, current) = (MessageNote.Read(message.Note), MessageNote.Read(latest.Note));
        var (version, wrong) = VersionOf(change.Source["version"u8], access);
        if (wrong is not null) return (default, wrong);
        var hasData = !change.Source["data"u8].IsNone;
        var payload = hasData ? change.Payload : latest.Payload;
        var added = 0;
        if (change.Action == MessageAction.Append)
        {
            if (!hasData || payload.Kind != latest.Payload.Kind || payload.IsArguments || change.Note.Encoding != current.Encoding)
                return (default, AblyError.BadRequest("What is appended is text to text, or bytes to bytes, of the same encoding."));
            if (latest.Payload.Bytes.Length + (long)payload.Bytes.Length > door.MaxMessageSize)
                return (default, new AblyError(40009, 400, $"A message has at most {door.MaxMessageSize} bytes, what was "
                    + $"appended too."));
            added = payload.Bytes.Length;
            byte[] whole = [.. latest.Payload.Bytes.Span, .. payload.Bytes.Span];
            payload = payload.IsText ? Payload.OfText(whole) : Payload.Of(whole);
        }
        var isNamed = change.Source["name"u8].Text is { Length: > 0 };
        var note = new MessageNote
        {
            Id = before.Id ?? message.Id ?? $"{serial}:0",
            ClientId = before.ClientId ?? message.Author?.Name ?? "",
            Encoding = hasData ? change.Note.Encoding : current.Encoding,
            Extras = change.Note.Extras.IsEmpty ? current.Extras : change.Note.Extras,
            IsNameless = !isNamed && current.IsNameless,
            Action = change.Action,
            Serial = serial,
            Timestamp = message.Time.ToUnixTimeMilliseconds(),
            Version = version,
            Added = added,
            Base = turn.Of(serial).Edits.LastOrDefault(),
        };
        var result = await KeptAsync(await publish(
            payload.ToOwned(), isNamed ? change.Event : latest.Event,
                new PublishOptions(Note: note.ToNote(isAside: change.Action == MessageAction.Delete))));
        if (added > 0 && result.Refusal is null && door.Others.AreSome) await MergeAsync(turn, serial, message, result.Offset, publish);
        return (result, null);
    }

    // Where another hub has changed the message meanwhile, that is not in what was appended to: who was last says the whole.
    private static async ValueTask MergeAsync(RoomEdits.Turn turn, string serial, Entry message, long own, Publish publish)
    {
        for (var tries = 0; tries < MostMerges; tries++)
        {
            await turn.CatchUpAsync();
            if (turn.Of(serial) is not { Edits: [.., var last] } changes || last != own || changes.WholeAt == own) return;
            var latest = await turn.LatestAsync(serial, message);
            var note = MessageNote.Read(latest.Note) with { Action = MessageAction.Update, Added = 0, Base = own, IsMerge = true };
            var result = await KeptAsync(await publish(latest.Payload, latest.Event, new PublishOptions(Note: note.ToNote())));
            if (result.Refusal is not null) return;
            own = result.Offset;
        }
    }

    /// <summary>Annotates a message, or takes that back; answers with the place of the annotation.</summary>
    public async ValueTask<(PublishResult Result, AblyError? Error)> AnnotateAsync(
        Room? room, WireElement annotation, Access access, Publish publish, CancellationToken cancellationToken)
    {
        var (read, error) = IncomingAnnotation.Read(annotation, access);
        if (read is null) return (default, error);
        if (room is null) return (default, Gone);
        using var turn = await TakeAsync(room, read.MessageSerial, cancellationToken);
        if (await turn.FindAsync(read.MessageSerial) is not { } message) return (default, Gone);
        if (turn.Of(read.MessageSerial).Annotations.Count >= RoomEdits.MostOfMessage)
            return (default, new AblyError(40009, 400, $"A message has at most {RoomEdits.MostOfMessage} annotations."));
        var result = await KeptAsync(await publish(read.Payload.ToOwned(), read.Type,
            new PublishOptions(Note: read.Note.ToNote(isAside: true))));
        if (result.Refusal is not null) return (result, null);
        await turn.CatchUpAsync();
        // For those who are there; who comes later has it made anew.
        var summary = new MessageNote
        {
            Action = MessageAction.Summary,
            Serial = read.MessageSerial,
            IsNameless = MessageNote.Read(message.Note).IsNameless,
            Summary = AnnotationSummary.Of(turn.Of(read.MessageSerial).Annotations),
        };
        room.Send(message.Event, Payload.Arguments("[]"u8.ToArray()), isTransient: true, note: summary.ToNote(isAside: true));
        return (result, null);
    }

    public static AblyError Gone { get; } = AblyError.NotFound("The channel has no such message, or has let it go.");

    // With an engine it can be read when it is kept.
    private static async ValueTask<PublishResult> KeptAsync(PublishResult result) => result.Pending is { } pending ? await pending : result;

    private static AblyError? RefuseEdit(Entry message, MessageAction action, Access access, string channel)
    {
        var (own, any, name) = action == MessageAction.Delete
            ? (Operations.MessageDeleteOwn, Operations.MessageDeleteAny, "deleting this message")
            : (Operations.MessageUpdateOwn, Operations.MessageUpdateAny, "updating this message");
        if (access.Allows(any, channel)) return null;
        var author = MessageNote.Read(message.Note).ClientId ?? message.Author?.Name;
        return access.Allows(own, channel) && author is not null && author == access.Name ? null : AblyError.NotAllowed(name, channel);
    }

    // What is said of the change (TM2s): by whom, and why.
    private static (ReadOnlyMemory<byte> Json, AblyError? Error) VersionOf(WireElement version, Access access)
    {
        var (clientId, wrong) = IncomingMessage.ClientIdOf(version["clientId"u8].Text, access);
        if (wrong is not null) return (default, wrong);
        using var json = WireWriter.Rent(WireFormat.Json);
        json.StartMap();
        if (clientId is not null) json.Name("clientId"u8).Text(clientId);
        if (version["description"u8] is { IsText: true } description) json.Name("description"u8).Element(description);
        if (version["metadata"u8] is { IsMap: true } metadata) json.Name("metadata"u8).Element(metadata);
        return json.End().Written.Length <= RoomMembers.MaxData
            ? (json.Written.ToArray(), null)
            : (default, new AblyError(40009, 400, $"What is said of a change has at most {RoomMembers.MaxData} bytes."));
    }
}
