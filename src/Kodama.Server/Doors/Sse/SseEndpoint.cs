using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// <c>GET /api/rooms/{room}/events</c>: a room as Server-Sent Events; its reader is a peer like any other (docs/specs/http.md).
/// </summary>
internal sealed class SseEndpoint(
    Hub hub, KodamaOptions options, OutgoingAnswers answers, KodamaMetrics metrics, TimeProvider time, ILogger<SseEndpoint> logger)
{
    private const string Door = "sse";
    private const string AfterParameter = "after";
    private const string RewindParameter = "rewind";
    private const string PresenceParameter = "presence";
    private const string StateParameter = "state";
    private const string LastEventId = "Last-Event-ID";

    public async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var reading = RoomAccess.ReadAsync(
            context, authenticated, Door, SseEncoder.Instance, AfterParameter, RewindParameter, PresenceParameter, StateParameter);
        if (await reading is not { } request) return;
        if (!TryReadJoin(context.Request, request.Room, out var join, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (hub.IsStopping)
        {
            await RefuseAsync(context, "stopping", HttpError.Stopping);
            return;
        }
        // Its answer would never have a body, and never end.
        if (HttpMethods.IsHead(context.Request.Method)) WriteHead(context);
        else await EnterAsync(context, request, join);
    }

    private async Task EnterAsync(HttpContext context, RoomRequest request, JoinRequest join)
    {
        using var activity = KodamaActivity.Source.StartActivity("kodama.connect");
        activity?.SetTag("kodama.room", request.Room);
        var link = new SsePeer(options, metrics, time);
        using var gone = context.RequestAborted.UnsafeRegister(static link => ((SsePeer)link!).Abort(), link);
        var admission = await hub.AdmitAsync(request.Client, link, context.RequestAborted);
        if (!admission.IsAccepted)
        {
            await RefuseAsync(context, "validation", new("REFUSED", admission.Refusal.Text, StatusCodes.Status403Forbidden));
            return;
        }
        var peer = admission.Peer;
        ServerLog.PeerConnected(logger, peer.Id, Door, peer.RemoteAddress);
        try
        {
            var joined = await hub.JoinAsync(peer, join, context.RequestAborted);
            if (joined.Room is { } room) await StreamAsync(context, peer, link, room, joined);
            else await RefuseAsync(context, "room", RefusalOf(joined.Result, request.Room));
        }
        catch (OperationCanceledException) when (link.Cut.IsCancellationRequested)
        {
            // It has gone, or took too long to take what it was owed at its end.
            context.Abort();
        }
        finally
        {
            hub.Remove(peer, CloseReason.Lost);
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

    private static HttpError RefusalOf(JoinResult result, string room) => result switch
    {
        JoinResult.TooManyRooms => new(
            "TOO_MANY_ROOMS", "The hub has as many rooms as it may: try again later.", StatusCodes.Status503ServiceUnavailable),
        JoinResult.Refused => RoomAccess.NotAllowed(room),
        _ => HttpError.Stopping,
    };

    private Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        metrics.Refused(stage);
        return error.WriteAsync(context);
    }
}
