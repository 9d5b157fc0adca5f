using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary>
/// <c>GET /api/rooms/{room}/events</c>: a room as Server-Sent Events; its reader is a peer like any other (docs/specs/http.md).
/// </summary>
internal sealed class SseEndpoint(DoorKit kit, RequestGuard guard, KodamaOptions options, OutgoingAnswers answers, TimeProvider time)
    : IDoor
{
    private const string Door = "sse";
    private const string AfterParameter = "after";
    private const string RewindParameter = "rewind";
    private const string PresenceParameter = "presence";
    private const string StateParameter = "state";
    private const string LastEventId = "Last-Event-ID";

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        $"/api/rooms/{{{RequestedRoom.Parameter}}}/events", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Options],
        guard.Stream(HandleAsync));

    private async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var reading = RoomAccess.ReadAsync(
            context, authenticated, Door, SseEncoder.Instance, AfterParameter, RewindParameter, PresenceParameter, StateParameter);
        if (await reading is not { } request) return;
        if (!TryReadJoin(context.Request, request.Room, out var join, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (await kit.RefusesAsync(context)) return;
        // Its answer would never have a body, and never end.
        if (HttpMethods.IsHead(context.Request.Method)) WriteHead(context);
        else await EnterAsync(context, request, join);
    }

    private async Task EnterAsync(HttpContext context, RoomRequest request, JoinRequest join)
    {
        using var activity = KodamaActivity.Source.StartActivity("kodama.connect");
        activity?.SetTag("kodama.room", request.Room);
        var link = new SsePeer(options, kit.Metrics, time);
        using var gone = context.RequestAborted.UnsafeRegister(static link => ((SsePeer)link!).Abort(), link);
        var admission = await kit.AdmitAsync(request.Client, link, context.RequestAborted);
        if (!admission.IsAccepted)
        {
            await new HttpError("REFUSED", admission.Refusal.Text, StatusCodes.Status403Forbidden).WriteAsync(context);
            return;
        }
        var peer = admission.Peer;
        try
        {
            var joined = await kit.Hub.JoinAsync(peer, join, context.RequestAborted);
            if (joined.Room is { } room) await StreamAsync(context, peer, link, room, joined);
            else if (joined.Result == JoinResult.Unavailable && context.Request.Headers.ContainsKey(LastEventId)) await LaterAsync(context);
            else await kit.RefuseAsync(context, "room", RefusalOf(joined, request.Room));
        }
        catch (OperationCanceledException) when (link.Cut.IsCancellationRequested)
        {
            // It has gone, or took too long to take what it was owed at its end.
            context.Abort();
        }
        finally
        {
            kit.Remove(peer, link.Reason ?? CloseReason.Lost);
            peer.Outbox.Close();
            // A write that failed has let its bytes go.
            peer.Outbox.Advance(0);
        }
    }

    private async Task StreamAsync(HttpContext context, Peer peer, SsePeer link, Room room, Joined joined)
    {
        var output = context.Response.BodyWriter;
        var beginning = SseEncoder.Instance.Encode(
            new RoomMark(room, joined.Position, joined.IsGap ? joined.Position.Offset : null, Keys: joined.Keys, KeysAt: joined.KeysAt));
        try
        {
            using var held = await answers.TryHoldAsync(context, beginning.Length);
            if (held is null) return;
            WriteHead(context);
            await link.WriteAsync(output, beginning);
        }
        finally
        {
            beginning.Release();
        }
        await link.RunAsync(peer.Outbox, output);
    }

    // An EventSource comes back only where a stream has ended: at any other answer it gives up.
    private static Task LaterAsync(HttpContext context)
    {
        WriteHead(context);
        return context.Response.WriteAsync("retry: 1000\n\n", context.RequestAborted);
    }

    private static void WriteHead(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Where the reader was, if it says so; else with so many messages of before, or live.</summary>
    private static bool TryReadJoin(
        HttpRequest request, string room, [NotNullWhen(true)] out JoinRequest? join, [NotNullWhen(false)] out HttpError? error)
    {
        join = null;
        if (!HttpParameters.TryReadPosition(request, AfterParameter, out var after, out error)
            || !HttpParameters.TryReadNumber(request, RewindParameter, 0, int.MaxValue, out var rewind, out error)
            || !HttpParameters.TryReadFlag(request, PresenceParameter, out var presence, out error)
            || !HttpParameters.TryReadFlag(request, StateParameter, out var state, out error))
        {
            return false;
        }
        // An EventSource that comes back asks with the address that it was given, and this.
        var last = request.Headers[LastEventId] is [.., { Length: > 0 } id] ? id : null;
        if (!HttpParameters.TryReadPosition(last, LastEventId, out var seen, out error)) return false;
        join = new JoinRequest
        {
            Room = room,
            Start = (seen ?? after) is { } position ? Start.After(position) : Start.Last(rewind ?? 0),
            Presence = presence,
            State = state,
            Token = RequestedRoom.TokenOf(request),
        };
        return true;
    }

    private static HttpError RefusalOf(Joined refused, string room) => refused.Result switch
    {
        JoinResult.HubFull => HttpError.TooManyRooms,
        JoinResult.Unavailable => HttpError.Unavailable(room),
        JoinResult.Refused => RoomAccess.NotAllowed(room, refused.Reason),
        _ => HttpError.Stopping,
    };
}
