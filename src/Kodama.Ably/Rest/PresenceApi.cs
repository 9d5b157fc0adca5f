namespace Kodama.Ably;

/// <summary>Who is in a channel, and who was (RSP3, RSP4).</summary>
internal sealed class PresenceApi(AblyHub door)
{
    public async Task<RestAnswer> ListAsync(RestRequest request, string channel)
    {
        var (members, epoch, error) = await MembersAsync(request, channel);
        if (error is not null) return RestAnswer.Of(error);
        var wanted = members.Where(member => request["clientId"] is not { } clientId || PresenceWriter.ClientIdOf(member) == clientId)
            .Where(member => request["connectionId"] is not { } connectionId || member.Author?.Id == connectionId);
        return RestAnswer.PageOf(request, "presence", [.. wanted], (writer, member) => PresenceWriter.Write(writer, member,
            PresenceAction.Present, epoch));
    }

    public async Task<RestAnswer> HistoryAsync(RestRequest request, string channel)
    {
        if (request.Access.Refuse(Operations.History, channel, "history") is { } refused) return RestAnswer.Of(refused);
        var (room, error) = await ChannelApi.OpenAsync(door, request, channel, RoomRights.Read | RoomRights.History);
        if (error is not null) return RestAnswer.Of(error);
        var (start, end) = (request.TimeOf("start"), request.TimeOf("end"));
        var changes = (room is null ? [] : await door.Others.ChangesAsync(room)).Where(
            change => !(change.Time < start) && !(change.Time > end));
        if (!request.IsForwards) changes = changes.Reverse();
        return RestAnswer.PageOf(request, "history", [.. changes], static (writer, change) => writer.Json(change.Json.Span));
    }

    /// <summary>The members of a channel; or why they may not be read.</summary>
    public async ValueTask<(IReadOnlyList<Entry> Members, string Epoch, AblyError? Error)> MembersAsync(RestRequest request, string channel)
    {
        if (!ChannelName.IsValid(channel, request.App)) return ([], "", ChannelName.Invalid(channel));
        if (request.Access.Refuse(Operations.Presence, channel, "presence") is { } refused) return ([], "", refused);
        var (room, error) = await ChannelApi.OpenAsync(door, request, channel, RoomRights.Read);
        if (error is not null || room is null) return ([], "", error);
        return ([.. room.Members.List().Members.Select(ToEntry)], room.Epoch, null);
    }

    private static Entry ToEntry(Member member) => new Entry
    {
        Kind = EntryKind.Presence,
        Action = EntryAction.Update,
        Key = member.Id,
        Author = member.Author,
        Id = member.EntryId,
        Payload = member.Data,
        Note = member.Note,
    }.Place(member.Offset, member.Time);
}
