using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>GET /api/rooms/{room}/messages</c>: what a room keeps, page by page.</summary>
internal sealed class HistoryEndpoint(Hub hub, RoomAccess access, OutgoingAnswers answers)
{
    private const string LimitParameter = "limit";
    private const string BeforeParameter = "before";
    private const string AfterParameter = "after";
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    public async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        const RoomRights Wanted = RoomRights.Read | RoomRights.History;
        if (await access.EnterAsync(context, authenticated, Wanted, LimitParameter, BeforeParameter, AfterParameter) is not { } request)
            return;
        if (!HttpParameters.TryReadNumber(context.Request, LimitParameter, 1, MostLimit, out var limit, out var error)
            || !HttpParameters.TryReadPosition(context.Request, BeforeParameter, out var before, out error)
            || !HttpParameters.TryReadPosition(context.Request, AfterParameter, out var after, out error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (before is not null && after is not null)
        {
            await HttpParameters.Invalid(BeforeParameter, $"{before}", $"with {AfterParameter} beside it: a page goes one way.").WriteAsync(
                context);
            return;
        }
        var most = limit ?? DefaultLimit;
        if (hub.OpenToRead(request.Room) is { } room)
            await WriteAsync(
                context, room, await ReadAsync(room, before, after, most, context.RequestAborted), isAfter: after is not null, most);
        else
            await JsonList.WriteAsync<Entry>(
                context, json => json.WriteString("room"u8, request.Room), "messages", [], static (_, _) => { });
    }

    private static ValueTask<EntryPage> ReadAsync(
        Room room, Position? before, Position? after, int most, CancellationToken cancellationToken)
    {
        // A position of another epoch lies nowhere: behind it is what there is, and before it nothing any more.
        if (after is { } start) return room.ReadAsync(start.Epoch == room.Epoch ? start.Offset : long.MaxValue, most, cancellationToken);
        if (before is { } end && end.Epoch != room.Epoch)
        {
            var nowhere = new Position(room.Epoch, 0);
            return new(new EntryPage([], nowhere, IsGap: true, HasMore: false) { From = nowhere });
        }
        return room.ReadBeforeAsync(before?.Offset ?? long.MaxValue, most, cancellationToken);
    }

    private async Task WriteAsync(HttpContext context, Room room, EntryPage page, bool isAfter, int most)
    {
        using var held = await answers.TryHoldAsync(context, page.Entries.Sum(static entry => entry.Size));
        if (held is null) return;
        WriteLinks(context, room, page, isAfter, most);
        await JsonList.WriteAsync(
            context,
            json =>
            {
                json.WriteString("room"u8, room.Name);
                json.WriteString("position"u8, page.UpTo.ToString());
                if (page.IsGap) json.WriteBoolean("gap"u8, true);
                if (page.HasMore) json.WriteBoolean("more"u8, true);
            },
            "messages",
            page.Entries.Where(static entry => entry.Kind == EntryKind.Message),
            (json, entry) => EntryJson.Write(json, room, entry));
    }

    // Older is prev and newer is next, whichever way one came.
    private static void WriteLinks(HttpContext context, Room room, EntryPage page, bool isAfter, int most)
    {
        var hasOlder = isAfter ? !page.IsGap && page.From.Offset > 0 : page.HasMore;
        var hasNewer = isAfter ? page.HasMore : page.UpTo.Offset < room.Offset;
        if (hasOlder) Link(BeforeParameter, page.From with { Offset = page.From.Offset + 1 }, "prev");
        if (hasNewer) Link(AfterParameter, page.UpTo, "next");

        void Link(string parameter, Position position, string relation) => context.Response.Headers.Append(
            "Link", string.Create(CultureInfo.InvariantCulture, $"<?{parameter}={position}&{LimitParameter}={most}>; rel=\"{relation}\""));
    }
}
