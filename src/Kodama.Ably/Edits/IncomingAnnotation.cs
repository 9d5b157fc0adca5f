namespace Kodama.Ably;

/// <summary>An annotation as a client has sent it (TAN2), looked at and made ready for the room.</summary>
internal sealed record IncomingAnnotation(string MessageSerial, string Type, Payload Payload, MessageNote Note)
{
    private const int MaxText = 255;

    public static (IncomingAnnotation? Annotation, AblyError? Error) Read(WireElement annotation, Access access)
    {
        var (clientId, wrong) = IncomingMessage.ClientIdOf(annotation["clientId"u8].Text, access);
        if (wrong is not null) return (null, wrong);
        var (serial, type, name) = (annotation["messageSerial"u8].Text, annotation["type"u8].Text, annotation["name"u8].Text);
        if (serial is null or { Length: > MaxText }) return (null, AblyError.BadRequest("An annotation names its message: messageSerial."));
        if (type is null or { Length: 0 or > MaxText } || name?.Length > MaxText)
            return (null, AblyError.BadRequest("An annotation has a type, such as reaction:distinct.v1, and perhaps a name, of at most "
                + "255 characters."));
        var kind = AnnotationSummary.KindOf(type);
        if (kind is not (SummaryKind.None or SummaryKind.Total or SummaryKind.Multiple) && clientId is null)
            return (null, new AblyError(40012, 400, $"Annotations of type {type} are for who has a clientId."));
        if (kind is SummaryKind.Distinct or SummaryKind.Unique or SummaryKind.Multiple && string.IsNullOrEmpty(name))
            return (null, AblyError.BadRequest($"Annotations of type {type} have a name."));
        var count = annotation["count"u8].Integer ?? 1;
        if (count is < 1 or > 1000) return (null, AblyError.BadRequest("An annotation counts 1 to 1000 times."));
        if (MessageData.ToPayload(annotation["data"u8], annotation["encoding"u8].Text, isNameless: false) is not var (payload, encoding))
            return (null, new AblyError(40013, 400, "Data are a text, bytes, or JSON with the encoding json."));
        var isDelete = annotation["action"u8].Integer == 1;
        using var json = WireWriter.Rent(WireFormat.Json);
        json.StartMap().Name("action"u8).Number(isDelete ? 1 : 0).Name("type"u8).Text(type).Name("messageSerial"u8).Text(serial);
        if (name is not null) json.Name("name"u8).Text(name);
        if (kind == SummaryKind.Multiple || annotation["count"u8].Integer is not null) json.Name("count"u8).Number(count);
        var extras = annotation["extras"u8] is { IsMap: true } told ? MessageData.ToJson(told) : default(ReadOnlyMemory<byte>);
        if (payload.Bytes.Length + extras.Length + (encoding?.Length ?? 0) > RoomMembers.MaxData)
            return (null, new AblyError(40009, 400, $"An annotation has at most {RoomMembers.MaxData} bytes."));
        return (new IncomingAnnotation(serial, type, payload, new MessageNote
        {
            Id = annotation["id"u8].Text is { Length: > 0 and <= MaxText } id ? id : null,
            ClientId = clientId,
            Encoding = encoding,
            Extras = extras,
            Serial = serial,
            Annotation = json.End().Written.ToArray(),
        }), null);
    }
}
