using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Pusher;

/// <summary>The HTTP API (docs/specs/pusher.md, H1 to H6).</summary>
internal sealed class PusherApi(PusherHub door)
{
    private const string InfoRule = "info should be a comma separated list of attributes: user_count, subscription_count, cache.";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var app = endpoints.MapGroup("/apps/{app}");
        app.MapPost("/events", Signed(PublishAsync));
        app.MapPost("/batch_events", Signed(PublishBatchAsync));
        app.MapGet("/channels", Signed((context, asker, _) => ListAsync(context, asker)));
        app.MapGet("/channels/{channel}", Signed((context, asker, _) => DescribeAsync(context, asker)));
        app.MapGet("/channels/{channel}/users", Signed((context, asker, _) => UsersAsync(context, asker)));
        app.MapPost("/users/{**user}", Signed((context, asker, _) => TerminateAsync(context, asker)));
    }

    private RequestDelegate Signed(Func<HttpContext, App, ReadOnlyMemory<byte>, Task> next) => async context =>
    {
        if (!await door.Kit.AllowsAsync(context)) return;
        var app = door.Apps.WithId((string)context.GetRouteValue("app")!);
        if (app is null)
        {
            await RefuseAsync(context, 404, "No app has this id.");
            return;
        }
        using var body = await door.Kit.ReadBodyAsync(context);
        if (body is null) return;
        if (ApiSignature.Refuse(context, app, body.Memory.Span, door.Time.GetUtcNow()) is { } wrong)
            await RefuseAsync(context, 401, wrong);
        else if (!app.Options.Enabled) await RefuseAsync(context, 403, "This app is disabled.");
        else await next(context, app, body.Memory);
    };

    private async Task PublishAsync(HttpContext context, App app, ReadOnlyMemory<byte> body)
    {
        if (!ApiEvent.TryRead(body, out var said, out var error))
        {
            await RefuseAsync(context, 400, error);
            return;
        }
        if (Check(said, out var info) is { } wrong)
        {
            await RefuseAsync(context, wrong.Status, wrong.Text);
            return;
        }
        if (await PublishAsync(context, app, said) is { } refused)
        {
            await RefuseAsync(context, refused.Status, refused.Text);
            return;
        }
        using var json = JsonBuffer.Rent();
        if (info == ChannelInfo.None)
        {
            await WriteAsync(context, json.Raw("{}"u8));
            return;
        }
        json.Raw("{\"channels\":{"u8);
        for (var i = 0; i < said.Channels.Count; i++)
        {
            if (i > 0) json.Raw(","u8);
            json.Text(said.Channels[i]).Raw(":{"u8);
            ChannelInfos.Write(json, door, app, await CountAsync(app, said.Channels[i], info), info, isFirst: true);
            json.Raw("}"u8);
        }
        await WriteAsync(context, json.Raw("}}"u8));
    }

    private async Task PublishBatchAsync(HttpContext context, App app, ReadOnlyMemory<byte> body)
    {
        if (!ApiEvent.TryReadBatch(body, out var batch, out var error))
        {
            await RefuseAsync(context, 400, error);
            return;
        }
        var infos = new ChannelInfo[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            if (Check(batch[i], out infos[i]) is not { } wrong) continue;
            await RefuseAsync(context, wrong.Status, wrong.Text);
            return;
        }
        foreach (var said in batch)
        {
            if (await PublishAsync(context, app, said) is not { } refused) continue;
            await RefuseAsync(context, refused.Status, refused.Text);
            return;
        }
        using var json = JsonBuffer.Rent();
        if (Array.TrueForAll(infos, static info => info == ChannelInfo.None))
        {
            await WriteAsync(context, json.Raw("{}"u8));
            return;
        }
        json.Raw("{\"batch\":["u8);
        for (var i = 0; i < batch.Count; i++)
        {
            json.Raw(i > 0 ? ",{"u8 : "{"u8);
            ChannelInfos.Write(json, door, app, await CountAsync(app, batch[i].Channels[0], infos[i]), infos[i], isFirst: true);
            json.Raw("}"u8);
        }
        await WriteAsync(context, json.Raw("]}"u8));
    }

    // Other hubs are asked for nothing where no count is.
    private ValueTask<ToldChannel> CountAsync(App app, string channel, ChannelInfo asked) =>
        (asked & (ChannelInfo.UserCount | ChannelInfo.SubscriptionCount)) == 0
            ? new(new ToldChannel(channel, 0, 0))
            : door.Neighbours.FindAsync(app, channel);

    private (int Status, string Text)? Check(ApiEvent said, out ChannelInfo info)
    {
        var asked = ChannelInfos.Read(said.Info);
        info = asked ?? ChannelInfo.None;
        return said.Refuse(door.Options.MaxDataSize) ?? (asked is null ? (400, InfoRule) : null);
    }

    private async ValueTask<(int Status, string Text)?> PublishAsync(HttpContext context, App app, ApiEvent said)
    {
        var socket = SocketId.TryParse(said.SocketId, out var id) ? id : null;
        var without = socket is { } here ? door.Sockets.Find(here)?.AsPeer : null;
        var elsewhere = without is null && socket is { } other ? await door.Neighbours.AuthorOfAsync(other) : null;
        var payload = EventData.OfText(said.Name, said.Data);
        foreach (var channel in said.Channels)
        {
            if (ChannelName.IsUser(channel))
            {
                using var json = JsonBuffer.Rent();
                json.Raw("{\"event\":"u8).Text(said.Name).Raw(",\"channel\":"u8).Text(channel);
                json.Raw(",\"data\":"u8).Text(said.Data).Raw("}"u8);
                door.Neighbours.Send(app, channel[ChannelName.UserPrefix.Length..], json.Written);
                continue;
            }
            var room = app.RoomOf(channel);
            var client = Describe(context, app);
            var visit = await door.Hub.VisitAsync(client, room, RoomRights.Publish, token: null, context.RequestAborted);
            var options = new PublishOptions { Without = without, WithoutAuthor = elsewhere };
            var result = ChannelName.IsCache(channel)
                ? await door.Cache.PublishAsync(room, said.Name, payload, TellAsync)
                : await TellAsync();
            if (result.Refusal is { } refusal) return (StatusOf(result.Code), refusal);

            ValueTask<PublishResult> TellAsync() =>
                door.Hub.PublishAsync(visit, payload, said.Name, options, CancellationToken.None);
        }
        return null;
    }

    private async Task ListAsync(HttpContext context, App app)
    {
        var prefix = context.Request.Query["filter_by_prefix"].ToString();
        if (ChannelInfos.Read(context.Request.Query["info"]) is not { } info)
        {
            await RefuseAsync(context, 400, InfoRule);
            return;
        }
        if (info.HasFlag(ChannelInfo.UserCount) && !ChannelName.IsPresence(prefix))
        {
            await RefuseAsync(context, 400, "user_count is of presence channels: ask with filter_by_prefix=presence-.");
            return;
        }
        var channels = await door.Neighbours.ListAsync(app, channel: null, prefix);
        using var json = JsonBuffer.Rent();
        json.Raw("{\"channels\":{"u8);
        var isFirst = true;
        foreach (var channel in channels.Values)
        {
            json.Raw(isFirst ? ""u8 : ","u8).Text(channel.Name).Raw(":{"u8);
            ChannelInfos.Write(json, door, app, channel, info, isFirst: true);
            json.Raw("}"u8);
            isFirst = false;
        }
        await WriteAsync(context, json.Raw("}}"u8));
    }

    private async Task DescribeAsync(HttpContext context, App app)
    {
        if (ChannelOf(context) is not { } channel)
        {
            await RefuseAsync(context, 400, $"A channel's name takes {ChannelName.Rule}.");
            return;
        }
        if (ChannelInfos.Read(context.Request.Query["info"]) is not { } info)
        {
            await RefuseAsync(context, 400, InfoRule);
            return;
        }
        if (info.HasFlag(ChannelInfo.UserCount) && !ChannelName.IsPresence(channel))
        {
            await RefuseAsync(context, 400, "user_count is of presence channels.");
            return;
        }
        var found = await door.Neighbours.FindAsync(app, channel);
        using var json = JsonBuffer.Rent();
        json.Raw(found.Peers > 0 ? "{\"occupied\":true"u8 : "{\"occupied\":false"u8);
        ChannelInfos.Write(json, door, app, found, info, isFirst: false);
        await WriteAsync(context, json.Raw("}"u8));
    }

    private Task UsersAsync(HttpContext context, App app)
    {
        if (ChannelOf(context) is not { } channel || !ChannelName.IsPresence(channel))
            return RefuseAsync(context, 400, "Users are listed of presence channels.");
        var room = door.Neighbours.RoomOf(app.RoomOf(channel));
        using var json = JsonBuffer.Rent();
        json.Raw("{\"users\":["u8);
        var separator = ""u8;
        foreach (var user in room is null ? [] : ChannelInfos.UsersOf(room))
        {
            json.Raw(separator).Raw("{\"id\":"u8).Text(user).Raw("}"u8);
            separator = ","u8;
        }
        return WriteAsync(context, json.Raw("]}"u8));
    }

    private Task TerminateAsync(HttpContext context, App app)
    {
        if (UserOf(context) is not { } user) return RefuseAsync(context, 404, "Of a user there is terminate_connections.");
        door.Neighbours.EndUser(app, user);
        using var json = JsonBuffer.Rent();
        return WriteAsync(context, json.Raw("{}"u8));
    }

    // Who holds the app's secret speaks for the app.
    private static PeerDescription Describe(HttpContext context, App app) => new()
    {
        Door = PusherDoor.Name,
        Encoder = app.Encoder,
        RemoteAddress = context.Connection.RemoteIpAddress,
    };

    // As it came: a user's id may have a slash, which SDKs send as it is, and which the server's routes leave encoded.
    private static string? UserOf(HttpContext context)
    {
        const string Before = "/users/";
        const string Behind = "/terminate_connections";
        var path = ApiSignature.PathOf(context);
        var start = path.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return path.EndsWith(Behind, StringComparison.Ordinal) && path.Length > start + Behind.Length
            ? Uri.UnescapeDataString(path[start..^Behind.Length])
            : null;
    }

    private static string? ChannelOf(HttpContext context) =>
        context.GetRouteValue("channel") is string name && ChannelName.IsValid(name) ? name : null;

    private static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.NotAllowed or RefusalCode.Refused or RefusalCode.MessageRefused => 403,
        RefusalCode.TooLarge => 413,
        RefusalCode.TooManyRooms or RefusalCode.Unavailable or RefusalCode.Busy or RefusalCode.NotKept => 503,
        _ => 400,
    };

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, JsonBuffer json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Written.Length;
        var output = context.Response.BodyWriter;
        // A span of the size that is asked for: the generic Write takes an empty one, where no size is, for an error.
        json.Written.CopyTo(output.GetSpan(json.Written.Length));
        output.Advance(json.Written.Length);
        await output.FlushAsync(context.RequestAborted);
    }
}
