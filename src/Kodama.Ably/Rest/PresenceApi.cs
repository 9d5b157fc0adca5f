using System.Globalization;

namespace Kodama.Ably;

/// <summary>Who is in a channel, and who was (RSP3, RSP4).</summary>
internal sealed class PresenceApi(AblyHub door)
{
    public async Task<RestAnswer> ListAsync(RestRequest request, string channel)
    {
        if (request.Limit is not { } limit) return RestAnswer.Of(AblyError.BadRequest($"The limit is from 1 to {RestRequest.MaxLimit}."));
        var (members, epoch, error) = await MembersAsync(request, channel);
        if (error is not null) return RestAnswer.Of(error);
        var wanted = members.Where(member => request["clientId"] is not { } clientId || PresenceWriter.ClientIdOf(member) == clientId)
            .Where(member => request["connectionId"] is not { } connectionId || member.Author?.Id == connectionId);
        return Page(request, "presence", [.. wanted], limit, (writer, member) => PresenceWriter.Write(writer, member,
            PresenceAction.Present, epoch));
    }

    public async Task<RestAnswer> HistoryAsync(RestRequest request, string channel)
    {
        if (request.Access.Refuse(Operations.History, channel, "history") is { } refused) return RestAnswer.Of(refused);
        if (request.Limit is not { } limit) return RestAnswer.Of(AblyError.BadRequest($"The limit is from 1 to {RestRequest.MaxLimit}."));
        var (room, error) = await ChannelApi.OpenAsync(door, request, channel, RoomRights.Read | RoomRights.History);
        if (error is not null) return RestAnswer.Of(error);
        var (start, end) = (request.TimeOf("start"), request.TimeOf("end"));
        var changes = (room is null ? [] : await door.Others.ChangesAsync(room)).Where(
            change => !(change.Time < start) && !(change.Time > end));
        if (!request.IsForwards) changes = changes.Reverse();
        return Page(request, "history", [.. changes], limit, static (writer, change) => writer.Json(change.Json.Span));
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

    private static RestAnswer Page<T>(RestRequest request, string page, T[] all, int limit, Action<WireWriter, T> write)
    {
        _ = int.TryParse(request["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out var first);
        var next = (long)first + limit < all.Length ? (first + limit).ToString(CultureInfo.InvariantCulture) : null;
        return RestAnswer.Page(request, page, [.. all.Skip(first).Take(limit)], write, next);
    }
}
