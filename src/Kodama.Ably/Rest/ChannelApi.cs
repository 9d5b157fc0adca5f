using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary><c>/channels/...</c>: what is kept of channels, who is there, and what is said by requests.</summary>
internal sealed class ChannelApi(AblyHub door)
{
    private readonly PublishApi publishing = new(door);
    private readonly HistoryApi history = new(door);
    private readonly PresenceApi presence = new(door);
    private readonly MessageApi messages = new(door);

    public Task<RestAnswer> HandleAsync(RestRequest request, string[] path)
    {
        if (path.Length == 1) return request.Method == HttpMethods.Get ? ListAsync(request) : Missing();
        var channel = path[1];
        if (!ChannelName.IsValid(channel, request.App)) return Task.FromResult(RestAnswer.Of(ChannelName.Invalid(channel)));
        return (request.Method, path[2..]) switch
        {
            ("GET", []) => StatusAsync(request, channel),
            ("GET", ["messages" or "history"]) => history.MessagesAsync(request, channel),
            ("POST", ["messages"]) => publishing.HandleAsync(request, channel),
            ("GET", ["presence"]) => presence.ListAsync(request, channel),
            ("GET", ["presence", "history"]) => presence.HistoryAsync(request, channel),
            ("GET", ["messages", var serial]) => messages.GetAsync(request, channel, serial),
            ("PATCH", ["messages", var serial]) => messages.EditAsync(request, channel, serial),
            ("GET", ["messages", var serial, "versions"]) => messages.VersionsAsync(request, channel, serial),
            ("GET", ["messages", var serial, "annotations"]) => messages.AnnotationsAsync(request, channel, serial),
            ("POST", ["messages", var serial, "annotations"]) => messages.AnnotateAsync(request, channel, serial),
            _ => Missing(),
        };
    }

    private static Task<RestAnswer> Missing() =>
        Task.FromResult(RestAnswer.Of(AblyError.NotFound("There is nothing at this path, or not by this method.")));

    private async Task<RestAnswer> StatusAsync(RestRequest request, string channel)
    {
        if (request.Access.Refuse(Operations.ChannelMetadata, channel, "channel-metadata") is { } refused) return RestAnswer.Of(refused);
        var (room, error) = await OpenAsync(door, request, channel, RoomRights.Read);
        if (error is not null) return RestAnswer.Of(error);
        var counted = new Dictionary<string, Occupancy> { [request.App.RoomOf(channel)] = Occupancy.Of(room) };
        await door.Others.AddOccupanciesAsync(counted);
        var occupancy = counted.Values.Single();
        return RestAnswer.Ok(writer =>
        {
            writer.StartMap().Name("channelId"u8).Text(channel).Name("name"u8).Text(channel).Name("status"u8).StartMap();
            writer.Name("isActive"u8).Flag(room is not null || occupancy != default).Name("occupancy"u8);
            occupancy.Write(writer);
            writer.End().End();
        });
    }

    private async Task<RestAnswer> ListAsync(RestRequest request)
    {
        if (request.Limit is not { } limit) return RestAnswer.OfLimit;
        var (prefix, after) = (request["prefix"] ?? "", request["cursor"]);
        var found = new List<string>();
        var names = door.Hub.Rooms.Select(static room => room.Name).Union(await door.Others.RoomsAsync())
            .Where(name => name.StartsWith(request.App.Prefix, StringComparison.Ordinal))
            .Select(name => name[request.App.Prefix.Length..]).Where(name => ChannelName.IsValid(name, request.App))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, after) > 0)
            .Where(name => request.Access.Allows(Operations.ChannelMetadata, name)).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (found.Count > limit) break;
            if ((await OpenAsync(door, request, name, RoomRights.Read)).Error is null) found.Add(name);
        }
        var next = found.Count > limit ? found[limit - 1] : null;
        return RestAnswer.Page(request, "channels", found.Take(limit).ToList(), Write, next);

        void Write(WireWriter writer, string name)
        {
            if (request["by"] is "id" or "name") writer.Text(name);
            else writer.StartMap().Name("channelId"u8).Text(name).Name("name"u8).Text(name).End();
        }
    }

    /// <summary>The channel's room to read of it, which need not be there; or why it may not be read.</summary>
    public static async ValueTask<(Room? Room, AblyError? Error)> OpenAsync(
        AblyHub door, RestRequest request, string channel, RoomRights wanted)
    {
        var name = request.App.RoomOf(channel);
        var visit = await door.Hub.VisitAsync(request.Describe(), name, wanted, token: null, request.Aborted);
        if (visit.Refusal is { Refusal: { } text } refused) return (null, AblyError.Of(refused.Code, text));
        var code = door.Hub.OpenToRead(name, out var room);
        return code == RefusalCode.None
            ? (room, null)
            : (null, AblyError.Of(code, "What is kept of the channel cannot be read now: try again later."));
    }
}
