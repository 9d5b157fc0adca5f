using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Pusher;

/// <summary>The protocol's own events, as JSON. Data are a string, but of <c>pusher:error</c>.</summary>
internal static class PusherFrames
{
    public static JsonBuffer Established(string socketId, int activityTimeout)
    {
        using var data = JsonBuffer.Rent();
        data.Raw("{\"socket_id\":"u8).Text(socketId).Raw(",\"activity_timeout\":"u8).Number(activityTimeout).Raw("}"u8);
        return JsonBuffer.Rent().Raw("{\"event\":\"pusher:connection_established\",\"data\":"u8).Text(data.Written).Raw("}"u8);
    }

    public static JsonBuffer Error(int? code, string message, string? channel = null)
    {
        var json = JsonBuffer.Rent().Raw("{\"event\":\"pusher:error\",\"data\":{\"code\":"u8);
        if (code is { } number) json.Number(number);
        else json.Raw("null"u8);
        json.Raw(",\"message\":"u8).Text(message).Raw("}"u8);
        if (channel is not null) json.Raw(",\"channel\":"u8).Text(channel);
        return json.Raw("}"u8);
    }

    public static JsonBuffer SubscriptionError(string channel, string type, string error, int status)
    {
        using var data = JsonBuffer.Rent();
        data.Raw("{\"type\":"u8).Text(type).Raw(",\"error\":"u8).Text(error).Raw(",\"status\":"u8).Number(status).Raw("}"u8);
        return Event("pusher:subscription_error"u8, data.Written, channel);
    }

    public static JsonBuffer Subscribed(string channel, ReadOnlySpan<byte> data) =>
        Event("pusher_internal:subscription_succeeded"u8, data, channel);

    public static JsonBuffer Count(string channel, int count)
    {
        using var data = JsonBuffer.Rent();
        data.Raw("{\"subscription_count\":"u8).Number(count).Raw("}"u8);
        return Event("pusher_internal:subscription_count"u8, data.Written, channel);
    }

    public static JsonBuffer SignedIn(string userData)
    {
        using var data = JsonBuffer.Rent();
        data.Raw("{\"user_data\":"u8).Text(userData).Raw("}"u8);
        return Event("pusher:signin_success"u8, data.Written, null);
    }

    /// <summary>Who of a watchlist has come, or gone.</summary>
    public static JsonBuffer Watchlist(IReadOnlyCollection<string> online, IReadOnlyCollection<string> offline)
    {
        using var data = JsonBuffer.Rent();
        data.Raw("{\"events\":["u8);
        Write(data, "online"u8, online);
        if (online.Count > 0 && offline.Count > 0) data.Raw(","u8);
        Write(data, "offline"u8, offline);
        data.Raw("]}"u8);
        return Event("pusher_internal:watchlist_events"u8, data.Written, null);

        static void Write(JsonBuffer data, ReadOnlySpan<byte> name, IReadOnlyCollection<string> ids)
        {
            if (ids.Count == 0) return;
            data.Raw("{\"name\":\""u8).Raw(name).Raw("\",\"user_ids\":["u8);
            var isFirst = true;
            foreach (var id in ids)
            {
                if (!isFirst) data.Raw(","u8);
                data.Text(id);
                isFirst = false;
            }
            data.Raw("]}"u8);
        }
    }

    /// <summary>An event with data of JSON, which are written as a string.</summary>
    public static JsonBuffer Event(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, string? channel)
    {
        var json = JsonBuffer.Rent().Raw("{\"event\":\""u8).Raw(name).Raw("\""u8);
        if (channel is not null) json.Raw(",\"channel\":"u8).Text(channel);
        return json.Raw(",\"data\":"u8).Text(data).Raw("}"u8);
    }

    /// <summary>The frame of a message that goes before all else, or last.</summary>
    public static byte[] Whole(JsonBuffer json)
    {
        var frame = DoorKit.Encode(MessageType.Text, json.Written);
        var whole = frame.Span.ToArray();
        frame.Release();
        return whole;
    }
}
