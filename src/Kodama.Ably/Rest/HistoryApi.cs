namespace Kodama.Ably;

/// <summary>What is kept of a channel's messages (RSL2, RTL10).</summary>
internal sealed class HistoryApi(AblyHub door)
{
    private const long PageBytes = 1024 * 1024;

    // Of what the bounds of time leave out no more is read for one page.
    private const int MostReads = 64;

    public async Task<RestAnswer> MessagesAsync(RestRequest request, string channel)
    {
        if (request.Access.Refuse(Operations.History, channel, "history") is { } refused) return RestAnswer.Of(refused);
        if (request.Limit is not { } limit) return RestAnswer.OfLimit;
        if (request["direction"] is not (null or "forwards" or "backwards"))
            return RestAnswer.Of(AblyError.BadRequest("The direction is forwards or backwards."));
        if (request.TimeOf("start") > request.TimeOf("end")) return RestAnswer.Of(AblyError.BadRequest("The start lies behind the end."));
        var (room, error) = await ChannelApi.OpenAsync(door, request, channel, RoomRights.Read | RoomRights.History);
        if (error is not null) return RestAnswer.Of(error);
        if (room is null) return RestAnswer.Page<Entry>(request, "messages", [], static (_, _) => { }, next: null);
        if (!await IsAsFarAsync(request, room)) return RestAnswer.Of(AblyError.Later);
        if (!TryFindBounds(request, room, out var from, out var upTo)) return RestAnswer.Of(AblyError.BadRequest("A serial of the "
            + "request is none."));
        var (found, next) = request.IsForwards
            ? await ForwardsAsync(request, room, from, upTo, limit)
            : await BackwardsAsync(request, room, from, limit);
        var states = await LatestAsync(room, found, request.Aborted);
        return RestAnswer.Page(
            request, "messages", states, (writer, state) => HistoryWriter.Write(writer, room, state.Entry, state.Summary), next);
    }

    // Each as its last edit has left it, with what it was annotated by.
    private async ValueTask<List<(Entry Entry, ReadOnlyMemory<byte> Summary)>> LatestAsync(
        Room room, List<Entry> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0) return [];
        var states = new List<(Entry, ReadOnlyMemory<byte>)>(found.Count);
        using var turn = await door.Edits.TakeAsync(room, found.Min(static message => message.Offset), cancellationToken);
        foreach (var message in found)
        {
            if (!turn.AreSome)
            {
                states.Add((message, default));
                continue;
            }
            var serial = Serial.Of(room.Epoch, message.Offset, message.Time);
            states.Add((await turn.LatestAsync(serial, message), AnnotationSummary.Of(turn.Of(serial).Annotations)));
        }
        return states;
    }

    // Another hub may have told these.
    private static async ValueTask<bool> IsAsFarAsync(RestRequest request, Room room)
    {
        foreach (var name in (string[])["from_serial", "fromSerial", "cursor"])
        {
            if (request[name] is { Length: > 0 } serial && Serial.TryParse(serial, out var told)
                && !await room.CatchUpAsync(Start.After(told), request.Aborted)) return false;
        }
        return true;
    }

    // Of another life of the log there is nothing.
    private static bool TryFindBounds(RestRequest request, Room room, out long from, out long upTo)
    {
        (from, upTo) = (request.IsForwards ? 0 : long.MaxValue, long.MaxValue);
        if ((request["from_serial"] ?? request["fromSerial"]) is { Length: > 0 } attach)
        {
            if (!Serial.TryParse(attach, out var position)) return false;
            upTo = position.Epoch == room.Epoch ? position.Offset : 0;
            if (!request.IsForwards) from = upTo + 1;
        }
        if (request["cursor"] is not { Length: > 0 } cursor) return true;
        if (!Serial.TryParse(cursor, out var at)) return false;
        from = at.Epoch == room.Epoch ? at.Offset : request.IsForwards ? upTo : 1;
        return true;
    }

    private static async ValueTask<(List<Entry> Found, string? Next)> BackwardsAsync(RestRequest request, Room room, long before, int limit)
    {
        var (start, end) = (request.TimeOf("start"), request.TimeOf("end"));
        var found = new List<Entry>();
        for (var reads = 0; reads < MostReads; reads++)
        {
            var page = await room.ReadNotedBeforeAsync(before, limit, PageBytes, request.Aborted);
            for (var i = page.Entries.Count - 1; i >= 0; i--)
            {
                var entry = page.Entries[i];
                var time = entry.Time.ToUnixTimeMilliseconds();
                if (time < start) return (found, null);
                if (found.Count == limit) return (found, Serial.Of(room.Epoch, found[^1].Offset, found[^1].Time));
                if (HistoryWriter.IsMessage(entry) && !(time > end)) found.Add(entry);
            }
            if (!page.HasMore) return (found, null);
            before = page.From.Offset + 1;
        }
        return (found, Serial.Of(room.Epoch, before, DateTimeOffset.UnixEpoch));
    }

    private static async ValueTask<(List<Entry> Found, string? Next)> ForwardsAsync(
        RestRequest request, Room room, long after, long upTo, int limit)
    {
        var (start, end) = (request.TimeOf("start"), request.TimeOf("end"));
        var found = new List<Entry>();
        for (var reads = 0; reads < MostReads; reads++)
        {
            var page = await room.ReadNotedAsync(after, limit, PageBytes, request.Aborted);
            foreach (var entry in page.Entries)
            {
                var time = entry.Time.ToUnixTimeMilliseconds();
                if (time > end || entry.Offset > upTo) return (found, null);
                if (found.Count == limit) return (found, Serial.Of(room.Epoch, found[^1].Offset, found[^1].Time));
                if (HistoryWriter.IsMessage(entry) && !(time < start)) found.Add(entry);
            }
            if (!page.HasMore) return (found, null);
            after = page.UpTo.Offset;
        }
        return (found, Serial.Of(room.Epoch, after, DateTimeOffset.UnixEpoch));
    }
}
