using System.Globalization;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary><c>GET /api/rooms/{room}/messages</c>: what a room keeps, page by page.</summary>
internal sealed class HistoryEndpoint(
    RoomAccess access, IncomingBounds bounds, OutgoingAnswers answers, ILogger<HistoryEndpoint> logger)
{
    private const string LimitParameter = "limit";
    private const string BeforeParameter = "before";
    private const string AfterParameter = "after";
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    // Of what a page holds, unless it is one message that is larger.
    private const int PageBytes = 1024 * 1024;

    private static readonly string[] Parameters = [LimitParameter, BeforeParameter, AfterParameter];

    public async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        const RoomRights Wanted = RoomRights.Read | RoomRights.History;
        if (await access.EnterAsync(context, authenticated, Wanted, Parameters) is not { } visit) return;
        if (await ReadRangeAsync(context) is not var (before, after, most)) return;
        if (await access.OpenAsync(context, visit) is not (true, var room)) return;
        if (room is not null)
            await AnswerAsync(context, room, before, after, most);
        else
            await JsonList.WriteAsync<Entry>(
                context, json => json.WriteString("room"u8, visit.Room), "messages", [], static (_, _) => { });
    }

    /// <summary>Answers with the page that is asked for, of a room that whoever asks may read.</summary>
    public async Task AnswerAsync(HttpContext context, Room room)
    {
        if (await ReadRangeAsync(context) is var (before, after, most)) await AnswerAsync(context, room, before, after, most);
    }

    private static async ValueTask<(Position? Before, Position? After, int Most)?> ReadRangeAsync(HttpContext context)
    {
        Position? before = null;
        Position? after = null;
        if (HttpParameters.TryReadNumber(context.Request, LimitParameter, 1, MostLimit, out var limit, out var error)
            && HttpParameters.TryReadPosition(context.Request, BeforeParameter, out before, out error)
            && HttpParameters.TryReadPosition(context.Request, AfterParameter, out after, out error)
            && before is not null && after is not null)
        {
            error = HttpParameters.Invalid(BeforeParameter, $"{before}", $"with {AfterParameter} beside it: a page goes one way.");
        }
        if (error is null) return (before, after, limit ?? DefaultLimit);
        await error.WriteAsync(context);
        return null;
    }

    private async Task AnswerAsync(HttpContext context, Room room, Position? before, Position? after, int most)
    {
        // Its reader may take its time. What it may need is taken before it is read, or it is one that is too small to be counted.
        var address = RemoteAddress.Of(context);
        var held = 0;
        var mostBytes = bounds.Budget.TryAdjust(address, ref held, PageBytes) ? PageBytes : AddressBudget.Free;
        try
        {
            if (await TryReadAsync(context, room, before, after, most, mostBytes) is not { } page) return;
            var bytes = (int)Math.Min(int.MaxValue, page.Entries.Sum(static entry => entry.Size));
            if (bounds.Budget.TryAdjust(address, ref held, bytes)) await WriteAsync(context, room, page, isAfter: after is not null, most);
            else await answers.RefuseAsync(context);
        }
        finally
        {
            bounds.Budget.TryAdjust(address, ref held, 0);
        }
    }

    private async ValueTask<EntryPage?> TryReadAsync(
        HttpContext context, Room room, Position? before, Position? after, int most, long mostBytes)
    {
        try
        {
            return await RoomHistory.ReadAsync(room, before, after, most, mostBytes, context.RequestAborted);
        }
        catch (EngineException exception)
        {
            // Of what is known to be wrong with the engine, it has told itself.
            if (!room.Hub.IsEngineAway) ServerLog.PageFailed(logger, room.Name, exception);
            await HttpError.Unavailable(room.Name).WriteAsync(context);
            return null;
        }
    }

    private static Task WriteAsync(HttpContext context, Room room, EntryPage page, bool isAfter, int most)
    {
        WriteLinks(context, room, page, isAfter, most);
        return JsonList.WriteAsync(
            context,
            json =>
            {
                json.WriteString("room"u8, room.Name);
                json.WriteString("position"u8, page.UpTo.ToString());
                if (page.IsGap) json.WriteBoolean("gap"u8, true);
                if (page.HasMore) json.WriteBoolean("more"u8, true);
            },
            "messages",
            page.Entries,
            (json, entry) => EntryJson.Write(json, page.UpTo.Epoch, entry));
    }

    // Older is prev and newer is next, whichever way one came.
    private static void WriteLinks(HttpContext context, Room room, EntryPage page, bool isAfter, int most)
    {
        var hasOlder = isAfter ? !page.IsGap && page.From.Offset > 0 : page.HasMore;
        var hasNewer = isAfter ? page.HasMore : page.UpTo.Offset < room.Offset;
        if (!hasOlder && !hasNewer) return;
        // What the client says of itself, which the validators may ask for again: not what the authenticators know, and no token.
        PeerDetails.TryRead(context.Request, out var details, out _, Parameters);
        var said = string.Concat(details!.Select(detail => $"&{Uri.EscapeDataString(detail.Key)}={Uri.EscapeDataString(detail.Value)}"));
        if (hasOlder) Link(BeforeParameter, page.From with { Offset = page.From.Offset + 1 }, "prev");
        if (hasNewer) Link(AfterParameter, page.UpTo, "next");

        void Link(string parameter, Position position, string relation)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?{parameter}={position}&{LimitParameter}={most}");
            context.Response.Headers.Append("Link", $"<{query}{said}>; rel=\"{relation}\"");
        }
    }
}
