namespace Kodama.Ably;

/// <summary>What a client wants of a member (TP3), looked at and made ready for the room.</summary>
internal sealed class PresenceChange
{
    public PresenceAction Action { get; private init; }

    public bool IsLeave => Action == PresenceAction.Leave;

    public string ClientId { get; private init; } = "";

    public Payload Data { get; private init; }

    public PublishId Id { get; private init; }

    /// <summary>The id that clients see.</summary>
    public string WireId => Id.Value;

    public MessageNote Note { get; private init; } = MessageNote.None;

    /// <summary>The change; or why it is none.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="access">Whose.</param>
    /// <param name="id">Its id, unless it brings that of an entry of before (RTP17g).</param>
    /// <param name="connectionId">Of its connection.</param>
    public static (PresenceChange? Change, AblyError? Error) Read(WireElement message, Access access, string id, string connectionId)
    {
        var action = (PresenceAction)(message["action"u8].Integer ?? -1);
        if (action is not (PresenceAction.Present or PresenceAction.Enter or PresenceAction.Leave or PresenceAction.Update))
            return (null, AblyError.BadRequest("A presence message enters, updates or leaves: action 1 to 4."));
        var (clientId, wrong) = IncomingMessage.ClientIdOf(message["clientId"u8].Text, access);
        if (wrong is not null) return (null, wrong);
        if (clientId is null) return (null, new AblyError(91000, 400, "Who has no clientId cannot be present: connect with one."));
        if (message["id"u8].Text is { } own && PublishId.IsValid(own) && own.StartsWith($"{connectionId}:",
            StringComparison.Ordinal)) id = own;
        var extras = message["extras"u8] is { IsMap: true } told ? MessageData.ToJson(told) : default(ReadOnlyMemory<byte>);
        if (extras.Length + (message["encoding"u8].Text?.Length ?? 0) > RoomMembers.MaxData) return TooLarge("extras");
        if (action == PresenceAction.Leave)
        {
            var left = Leaving(message, clientId, id, connectionId, extras);
            return left.Note.Data?.Length > RoomMembers.MaxData ? TooLarge("data") : (left, null);
        }
        if (MessageData.ToMember(message["data"u8], message["encoding"u8].Text) is not var (data, encoding))
            return (null, new AblyError(40013, 400, "Data are a text, bytes, or JSON with the encoding json."));
        return (new PresenceChange
        {
            Action = action == PresenceAction.Update ? action : PresenceAction.Enter,
            ClientId = clientId,
            Data = data,
            Id = new PublishId(id, Scope: connectionId),
            Note = new MessageNote { Encoding = encoding, Extras = extras },
        }, null);
    }

    // The room keeps no data of who leaves: they are told with the leave.
    private static PresenceChange Leaving(
        WireElement message, string clientId, string id, string connectionId, ReadOnlyMemory<byte> extras)
    {
        var data = MessageData.Read(message["data"u8], message["encoding"u8].Text);
        var (text, encoding) = data switch
        {
            null => (null, null),
            (var bytes, true, var rest) => (System.Text.Encoding.UTF8.GetString(bytes.Span), rest),
            (var bytes, false, null) => (Convert.ToBase64String(bytes.Span), "base64"),
            (var bytes, false, var rest) => (Convert.ToBase64String(bytes.Span), $"{rest}/base64"),
        };
        return new PresenceChange
        {
            Action = PresenceAction.Leave,
            ClientId = clientId,
            Id = new PublishId(id, Scope: connectionId),
            Note = new MessageNote { Id = id, Data = text, Encoding = encoding, Extras = extras },
        };
    }

    private static (PresenceChange?, AblyError?) TooLarge(string what) =>
        (null, new AblyError(40009, 400, $"A member's {what} have at most {RoomMembers.MaxData} bytes."));
}
