namespace Kodama.Ably;

/// <summary>What is published by requests (RSL1).</summary>
internal sealed class PublishApi(AblyHub door)
{
    private const int MaxMessages = 1000;

    public async Task<RestAnswer> HandleAsync(RestRequest request, string channel)
    {
        if (request["_forceNack"] == "true") return RestAnswer.Of(new AblyError(40099, 400, "A refusal, as was asked for."));
        var (published, error) = await PublishAsync(request, channel, request.Body);
        return error is not null ? RestAnswer.Of(error) : new RestAnswer(201, writer =>
        {
            writer.StartMap().Name("channel"u8).Text(channel).Name("messageId"u8).Text(published!.MessageId);
            writer.Name("serials"u8).StartArray();
            foreach (var serial in published.Serials)
            {
                if (serial is null) writer.Null();
                else writer.Text(serial);
            }
            writer.End().End();
        });
    }

    /// <summary>Publishes one message or an array of them; or says why it did not, and then none of them that came behind.</summary>
    public async ValueTask<(Published? Published, AblyError? Error)> PublishAsync(RestRequest request, string channel, WireElement body)
    {
        if (!ChannelName.IsValid(channel, request.App)) return (null, ChannelName.Invalid(channel));
        if (request.Access.Refuse(Operations.Publish, channel, "publishing") is { } refused) return (null, refused);
        var messages = new List<IncomingMessage>();
        var size = 0L;
        WireElement[] all = body.Kind == WireKind.Array ? [.. body.Elements.Take(MaxMessages + 1)] : [body];
        var (connection, access, forged) = SpeakFor(all, request.Access);
        if (forged is not null) return (null, forged);
        foreach (var one in all)
        {
            var (message, error) = IncomingMessage.Read(one, access, connection is null ? access.Name : null);
            if (error is not null) return (null, error);
            messages.Add(message!);
            size += message!.Size;
            if (size > door.MaxMessageSize || messages.Count > MaxMessages)
            {
                return (null, new AblyError(
                    40009, 400, $"One request publishes at most {door.MaxMessageSize} bytes, in {MaxMessages} messages."));
            }
        }
        if (messages.Count == 0) return (null, AblyError.BadRequest("There is no message to publish."));
        var visit = await door.Hub.VisitAsync(
            request.Describe(connection), request.App.RoomOf(channel), RoomRights.Publish, token: null, request.Aborted);
        var serials = new string?[messages.Count];
        for (var i = 0; i < serials.Length; i++)
        {
            var message = messages[i];
            var options = message.IsEphemeral
                ? new PublishOptions(IsTransient: true, Note: message.Note.ToNote())
                : new PublishOptions(message.Id is { } id ? IncomingMessage.OnceForAll(id) : null, Note: message.Note.ToNote());
            var result = await door.Hub.PublishAsync(visit, message.Payload, message.Event, options, CancellationToken.None);
            if (result.Refusal is { } refusal) return (null, AblyError.Of(result.Code, refusal));
            serials[i] = await SerialOfAsync(visit.Room, result);
        }
        var messageId = messages[0].Id?.Split(':')[0] ?? serials[0] ?? Guid.NewGuid().ToString("N");
        return (new Published(messageId, serials), null);
    }

    // A connection's key is its secret: who has it speaks for it, as who it is itself.
    private (string? Connection, Access Access, AblyError? Error) SpeakFor(WireElement[] messages, Access access)
    {
        var keys = messages.Select(static one => one["connectionKey"u8].Text).Distinct().ToList();
        if (keys.Count > 1) return (null, access, AblyError.BadRequest("All messages speak for one connectionKey, or none."));
        if (keys is not [{ } key]) return (null, access, null);
        var wrong = new AblyError(40006, 400, "The connectionKey is none of a connection that is here.");
        var mark = key.IndexOf('!', StringComparison.Ordinal);
        if (mark < 1 || (door.Hub.FindPeer(key[..mark])?.Link as AblyPeer) is not { } client || client.Access.App != access.App)
            return (null, access, wrong);
        if (ConnectionRequest.TryResume(key, client.Access, door) is not { } id) return (null, access, wrong);
        return client.Access.Name is { } name && !access.MayBe(name)
            ? (null, access, new AblyError(40012, 400, "The connection is another client's."))
            : (id, access.ClientId == Access.Anyone ? access with { ClientId = client.Access.ClientId } : access, null);
    }

    private async ValueTask<string?> SerialOfAsync(string name, PublishResult result)
    {
        if (result.Offset == 0 || result.Epoch is null) return null;
        var time = result.Time;
        // Published before: the room knows when, as long as it has it.
        if (time == default && door.Hub.FindRoom(name) is { } room) time = (await room.ReadAtAsync(result.Offset))?.Time ?? default;
        return time == default ? null : Serial.Of(result.Epoch, result.Offset, time);
    }

    internal sealed record Published(string MessageId, IReadOnlyList<string?> Serials);
}
