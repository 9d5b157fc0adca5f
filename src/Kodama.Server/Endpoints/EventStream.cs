using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Kodama.Server;

/// <summary><c>/api/events</c>: what happens in the hub, or in one room, as Server-Sent Events.</summary>
internal sealed class EventStream(
    Hub hub, RoomAccess access, PersonTokens tokens, KodamaOptions options, KodamaMetrics metrics, RecentCounts counts,
    RefusalNotices notices, TimeProvider time, IHostApplicationLifetime lifetime)
{
    // A message of 4,000 characters of any script is whole.
    private const int LargestMessage = 16 * 1024;
    private static readonly TimeSpan StatsInterval = TimeSpan.FromSeconds(1);
    private const int StatsBetweenComments = 15;

    // What a reader may have in its response, but for the last event, before it is waited for.
    private const int MostBetweenFlushes = 64 * 1024;

    // What streams that are not read keep of events, all together.
    private const long MostUnread = 64 * 1024 * 1024;

    private readonly WatchBudget unread = new(MostUnread);
    private readonly AddressBudget ofAddress = new(long.MaxValue, options.MaxEventStreamsPerAddress ?? options.MaxEventStreams / 4);
    private int streams;

    public async Task WriteAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var room = RequestedRoom.OfQuery(context.Request);
        if (room is not null && RequestedRoom.IsInvalid(room, out var invalid))
        {
            await invalid.WriteAsync(context);
            return;
        }
        if (await access.ViewAsync(context, authenticated) is not { } view) return;
        var address = RemoteAddress.Of(context);
        if (!ofAddress.TryTake(address, 1))
        {
            await RefuseAsync(
                context, "This address has as many event streams open as it may: close one, or raise MaxEventStreamsPerAddress.");
            return;
        }
        try
        {
            if (Interlocked.Increment(ref streams) <= options.MaxEventStreams) await StreamAsync(context, authenticated, room, view);
            else
                await RefuseAsync(
                    context,
                    $"This hub allows {options.MaxEventStreams} event streams at once, and all are open: "
                        + "close one, or raise MaxEventStreams.");
        }
        finally
        {
            Interlocked.Decrement(ref streams);
            ofAddress.Return(address, 1);
        }
    }

    private Task RefuseAsync(HttpContext context, string text)
    {
        metrics.Refused("streams");
        return HttpError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "TOO_MANY_STREAMS", text);
    }

    private async Task StreamAsync(HttpContext context, AuthenticationResult authenticated, string? room, RoomView view)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Its answer would never have a body, and never end.
        if (HttpMethods.IsHead(context.Request.Method)) return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        if (TokenIdentity.TokenOf(authenticated.Principal) is { } token
            && tokens.Hold(ending, token, _ => ending.CancelAsync()) is not null) return;
        using var watcher = hub.Watch(new WatchOptions { Room = room, MaxPayload = LargestMessage, Budget = unread });
        try
        {
            await WriteAsync(new SseWriter(context.Response.BodyWriter), watcher, room, view, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader left, its token has ended, or the hub stops: either way the stream has ended.
        }
        finally
        {
            tokens.Release(ending);
        }
    }

    private async Task WriteAsync(SseWriter writer, HubWatcher watcher, string? room, RoomView view, CancellationToken cancellationToken)
    {
        // Of the hub, and not of a room: they name addresses.
        var told = view.IsOfAdmin && room is null ? notices.Recent : null;
        var (refusals, refused) = told?.After(0) ?? default;
        var snapshot = (await SnapshotAsync(watcher, room, view, cancellationToken)) with { Refusals = refusals };
        await writer.SendLargeAsync("snapshot", snapshot, ApiJson.Types.SnapshotEvent, cancellationToken);
        writer.Write("stats"u8, counts.Now(), ApiJson.Types.StatsEvent);
        await writer.FlushAsync(cancellationToken);
        // Not disposed: a read may be pending when the stream ends, and it holds nothing but the watcher, which is.
        var events = watcher.GetAsyncEnumerator(cancellationToken);
        using var ticks = new PeriodicTimer(StatsInterval, time);
        var happened = events.MoveNextAsync().AsTask();
        var ticked = ticks.WaitForNextTickAsync(cancellationToken).AsTask();
        var missed = 0L;
        for (var tick = 0; ;)
        {
            await Task.WhenAny(happened, ticked);
            while (happened.IsCompleted && writer.Waiting < MostBetweenFlushes)
            {
                if (!await happened) return;
                var current = events.Current;
                if (await IsShownAsync(current, view, cancellationToken)) await WriteAsync(writer, current, view, cancellationToken);
                happened = events.MoveNextAsync().AsTask();
            }
            if (ticked.IsCompleted)
            {
                if (!await ticked) return;
                missed = WriteMissed(writer, watcher.Missed, missed);
                if (told is not null) refused = WriteRefusals(writer, told, refused);
                writer.Write("stats"u8, counts.Now(), ApiJson.Types.StatsEvent);
                if (++tick % StatsBetweenComments == 0) writer.WriteComment();
                ticked = ticks.WaitForNextTickAsync(cancellationToken).AsTask();
            }
            await writer.FlushAsync(cancellationToken);
        }
    }

    private static long WriteMissed(SseWriter writer, long now, long before)
    {
        if (now > before) writer.Write("missed"u8, new MissedEvent(now - before), ApiJson.Types.MissedEvent);
        return now;
    }

    private static long WriteRefusals(SseWriter writer, RecentRefusals refusals, long before)
    {
        if (refusals.Total == before) return before;
        var (notices, now) = refusals.After(before);
        foreach (var notice in notices) writer.Write("refusal"u8, notice, ApiJson.Types.RefusalNotice);
        return now;
    }

    // What goes to some peers outside a room is theirs; what a door keeps to itself is the door's.
    private static ValueTask<bool> IsShownAsync(HubEvent happened, RoomView view, CancellationToken cancellationToken)
    {
        if (happened.Peer is { IsListed: false }) return new(false);
        return happened.Room is { } room ? view.ShowsAsync(room.Name, cancellationToken) : new(happened.IsForAll);
    }

    private async Task<SnapshotEvent> SnapshotAsync(HubWatcher watcher, string? room, RoomView view, CancellationToken cancellationToken)
    {
        // A peer is in the rooms in which the snapshot found it: those that it has joined since come as events.
        var open = await view.OfAsync(watcher.Rooms, static r => r.Room.Name, cancellationToken);
        var rooms = open.SelectMany(r => r.Peers, (r, peer) => (peer, r.Room.Name)).ToLookup(r => r.peer, r => r.Name);
        var peers = rooms.Select(r => r.Key);
        if (room is null) peers = peers.Union(hub.Peers);
        var answers = new List<PeerAnswer>();
        foreach (var peer in peers.Where(static peer => peer.IsListed))
        {
            var answer = await view.OfAsync(peer, cancellationToken);
            answer = answer with { Rooms = room is null ? rooms[peer] : rooms[peer].Union(answer.Rooms) };
            if (view.Shows(answer)) answers.Add(answer);
        }
        return new(
            open.Where(_ => room is not null).Select(RoomAnswer.Of).FirstOrDefault(),
            open.Select(RoomAnswer.Of),
            answers,
            Refusals: null);
    }

    private static async ValueTask WriteAsync(SseWriter writer, HubEvent happened, RoomView view, CancellationToken cancellationToken)
    {
        if (happened.Kind == HubEventKind.Message)
        {
            writer.Write("message"u8, json => HubEventJson.WriteMessage(json, happened));
            return;
        }
        var told = await PeerEventAsync(happened, view, cancellationToken);
        writer.Write(happened.Kind == HubEventKind.Join ? "join"u8 : "leave"u8, told, ApiJson.Types.PeerEvent);
    }

    private static async ValueTask<PeerEvent> PeerEventAsync(HubEvent happened, RoomView view, CancellationToken cancellationToken)
    {
        var peer = await view.OfAsync(happened.Peer!, cancellationToken);
        var reason = happened.Reason is { } told ? new ReasonAnswer(told.Code, told.Text) : null;
        return new(happened.Room!.Name, peer, happened.Time, reason);
    }
}
