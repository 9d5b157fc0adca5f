namespace Kodama.Ably;

/// <summary>One message, its versions and its annotations (RSL11 to RSL15, RSAN1 to RSAN3).</summary>
internal sealed class MessageApi(AblyHub door)
{
    public async Task<RestAnswer> GetAsync(RestRequest request, string channel, string serial)
    {
        var (room, error) = await OpenAsync(request, channel);
        if (room is null) return RestAnswer.Of(error!);
        using var turn = await door.Edits.TakeAsync(room, serial, request.Aborted);
        if (await turn.FindAsync(serial) is not { } message) return RestAnswer.Of(MessageEdits.Gone);
        var latest = await turn.LatestAsync(serial, message);
        var summary = AnnotationSummary.Of(turn.Of(serial).Annotations);
        return RestAnswer.Ok(writer => HistoryWriter.Write(writer, room, latest, summary));
    }

    public async Task<RestAnswer> VersionsAsync(RestRequest request, string channel, string serial)
    {
        var (room, error) = await OpenAsync(request, channel);
        if (room is null) return RestAnswer.Of(error!);
        using var turn = await door.Edits.TakeAsync(room, serial, request.Aborted);
        if (await turn.FindAsync(serial) is not { } message) return RestAnswer.Of(MessageEdits.Gone);
        var versions = new List<Entry> { message };
        foreach (var offset in turn.Of(serial).Edits.TakeLast(RestRequest.MaxLimit))
        {
            if (await turn.ReadAsync(offset) is { } edit) versions.Add(edit);
        }
        return RestAnswer.PageOf(request, "versions", versions, (writer, version) => HistoryWriter.Write(writer, room, version));
    }

    public async Task<RestAnswer> AnnotationsAsync(RestRequest request, string channel, string serial)
    {
        var (room, error) = await OpenAsync(request, channel);
        if (room is null) return RestAnswer.Of(error!);
        using var turn = await door.Edits.TakeAsync(room, serial, request.Aborted);
        return RestAnswer.PageOf(
            request, "annotations", await turn.AnnotationsAsync(serial), (writer, said) => HistoryWriter.Write(writer, room, said));
    }

    public async Task<RestAnswer> AnnotateAsync(RestRequest request, string channel, string serial)
    {
        if (request.Access.Refuse(Operations.AnnotationPublish, channel,
            "publishing annotations") is { } refused) return RestAnswer.Of(refused);
        var (room, publish) = await PublishingAsync(request, channel);
        foreach (var annotation in request.Body.Kind == WireKind.Array ? request.Body.Elements.Take(100) : [request.Body])
        {
            if (annotation["messageSerial"u8].Text is { } named && named != serial)
                return RestAnswer.Of(AblyError.BadRequest("The annotation names another message than its address."));
            var (result, error) = await door.Edits.AnnotateAsync(room, annotation, request.Access, publish, request.Aborted);
            error ??= result.Refusal is { } text ? AblyError.Of(result.Code, text) : null;
            if (error is not null) return RestAnswer.Of(error);
        }
        return new RestAnswer(201, static writer => writer.StartMap().End());
    }

    public async Task<RestAnswer> EditAsync(RestRequest request, string channel, string serial)
    {
        var (change, error) = IncomingMessage.Read(request.Body, request.Access, request.Access.Name);
        if (change is null) return RestAnswer.Of(error!);
        if (change.Action is not (MessageAction.Update or MessageAction.Delete or MessageAction.Append))
            return RestAnswer.Of(AblyError.BadRequest("A message is updated, deleted or appended to: action 1, 2 or 5."));
        if (change.Size > door.MaxMessageSize)
            return RestAnswer.Of(new AblyError(40009, 400, $"A message has at most {door.MaxMessageSize} bytes."));
        var (room, publish) = await PublishingAsync(request, channel);
        (var result, error) = await door.Edits.EditAsync(room, serial, change, request.Access, channel, publish, request.Aborted);
        error ??= result.Refusal is { } text ? AblyError.Of(result.Code, text) : null;
        if (error is not null) return RestAnswer.Of(error);
        var version = Serial.Of(room!.Epoch, result.Offset, result.Time);
        return RestAnswer.Ok(writer => writer.StartMap().Name("versionSerial"u8).Text(version).Name("serial"u8).Text(serial).End());
    }

    // By the rules of the room, as every request that publishes.
    private async ValueTask<(Room? Room, MessageEdits.Publish Publish)> PublishingAsync(RestRequest request, string channel)
    {
        var name = request.App.RoomOf(channel);
        var visit = await door.Hub.VisitAsync(request.Describe(), name, RoomRights.Publish, token: null, request.Aborted);
        door.Hub.OpenToRead(name, out var room);
        return (room, (payload, eventName, options) => door.Hub.PublishAsync(visit, payload, eventName, options, CancellationToken.None));
    }

    private async ValueTask<(Room? Room, AblyError? Error)> OpenAsync(RestRequest request, string channel)
    {
        if (request.Access.Refuse(Operations.History, channel, "history") is { } refused) return (null, refused);
        var (room, error) = await ChannelApi.OpenAsync(door, request, channel, RoomRights.Read | RoomRights.History);
        return (room, error ?? (room is null ? MessageEdits.Gone : null));
    }
}
