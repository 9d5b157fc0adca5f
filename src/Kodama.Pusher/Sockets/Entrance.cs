using System.Text;

namespace Kodama.Pusher;

/// <summary>How connections get into channels (docs/specs/pusher.md, Subscriptions).</summary>
/// <param name="door">What all share.</param>
internal sealed class Entrance(PusherHub door)
{
    private const int LimitReached = 4004;

    /// <summary>Lets a connection in that has shown its signature, and answers it.</summary>
    /// <param name="socket">The connection; it says nothing else meanwhile.</param>
    /// <param name="channel">The channel's name, which is valid.</param>
    /// <param name="data"><c>channel_data</c>, or null.</param>
    /// <param name="user">As whom it has signed in, or null.</param>
    public ValueTask EnterAsync(PusherPeer socket, string channel, string? data, SignedIn? user) =>
        ChannelName.IsPresence(channel) ? EnterPresenceAsync(socket, channel, data, user) : EnterRoomAsync(socket, channel);

    private async ValueTask EnterRoomAsync(PusherPeer socket, string channel)
    {
        var isCache = ChannelName.IsCache(channel);
        var name = socket.App.RoomOf(channel);
        if (await JoinAsync(socket, channel, name) is not { } joined) return;
        if (isCache && !await WaitForEventsAsync(socket, name)) return;
        using (var json = PusherFrames.Subscribed(channel, "{}"u8)) socket.Answer(json.Written);
        if (isCache) AnswerCached(socket, channel, joined);
        Begin(socket, channel, joined, presence: null);
    }

    private async ValueTask EnterPresenceAsync(PusherPeer socket, string channel, string? data, SignedIn? user)
    {
        var present = data is not null ? PresentUser.Read(Encoding.UTF8.GetBytes(data)) : user is not null ? PresentUser.Of(user) : null;
        if (present is null || present.Info.Length > PresentUser.MaxInfo)
        {
            await socket.RefuseAuth(channel, "channel_data names a user: {\"user_id\":...,\"user_info\":...}, an id of at most 128 "
                + "characters and info of at most 1024 bytes; without it the connection signs in first.");
            return;
        }
        var isCache = ChannelName.IsCache(channel);
        var name = socket.App.RoomOf(channel);
        if (await JoinAsync(socket, channel, name) is not { } joined) return;
        var room = joined.Room!;
        var presence = door.Presence.Use(room, channel);
        var isIn = false;
        try
        {
            isIn = await BePresentAsync(socket, channel, room, presence, present);
            if (!isIn)
            {
                Hub.Leave(socket.AsPeer!, room);
                return;
            }
            isIn = !isCache || await WaitForEventsAsync(socket, name);
            if (!isIn) return;
            presence.Welcome(socket);
            if (isCache) AnswerCached(socket, channel, joined);
            Begin(socket, channel, joined, presence);
        }
        finally
        {
            if (!isIn) presence.LetGo();
        }
    }

    private async ValueTask<bool> BePresentAsync(
        PusherPeer socket, string channel, Room room, PresenceChannel presence, PresentUser present)
    {
        if (!presence.TryReserve(present.Id, door.Options.MaxPresenceMembers))
        {
            await RefuseLimit(socket, channel, $"The channel has {door.Options.MaxPresenceMembers} users, as many as it may.");
            return false;
        }
        try
        {
            var entered = await socket.BePresentAsync(room, Payload.OfText(present.ToMember()));
            if (entered.Refusal is not { } refused) return true;
            if (entered.Code is RefusalCode.NotKept or RefusalCode.NotInOrder or RefusalCode.OutcomeUnknown)
                await RefuseForNow(socket, channel, refused);
            else await RefuseRules(socket, channel, refused);
            return false;
        }
        finally
        {
            presence.GiveBack(present.Id);
        }
    }

    private async ValueTask<Joined?> JoinAsync(PusherPeer socket, string channel, string name)
    {
        var joined = await socket.JoinHeldAsync(name);
        switch (joined.Result)
        {
            case JoinResult.Joined:
                return joined;
            // By the program's own word.
            case JoinResult.AlreadyIn when door.Hub.FindRoom(name) is { } room:
                return joined with { Room = room };
            case JoinResult.Gone:
                return null;
            case JoinResult.Refused:
                await RefuseRules(socket, channel, joined.Reason ?? "The rules of the room do not let this client in.");
                return null;
            case JoinResult.PeerFull:
                await RefuseLimit(socket, channel, "This connection is in as many channels as it may.");
                return null;
            case JoinResult.HubFull:
                await RefuseLimit(socket, channel, "The hub has as many rooms as it may.");
                return null;
            default:
                await RefuseForNow(socket, channel, "What is kept of the room cannot be read now: try again later.");
                return null;
        }
    }

    // Behind the answer comes what is said in the room.
    private void Begin(PusherPeer socket, string channel, Joined joined, PresenceChannel? presence)
    {
        // One text for all who are in it, where it is the room's name.
        var name = joined.Room!.Name;
        var subscription = new Subscription(name.Length == channel.Length ? name : channel, joined.Room, presence);
        var isIn = socket.TryAdd(subscription);
        joined.Begin();
        // Only now: who reads that it has subscribed misses nothing, even if the hub stops at once.
        socket.SendNow();
        // It may have gone, or been taken out, before this was known.
        if (!isIn) subscription.End(socket);
        // One whose connection ends is in none either, and hears nothing of that.
        else if (!socket.AsPeer!.IsIn(joined.Room) && socket.AsPeer.IsConnected) socket.Expel(joined.Room);
        door.Counts.Changed(name);
    }

    // What has its place in the room is to be kept before it is asked for. False, when the connection has ended.
    private async ValueTask<bool> WaitForEventsAsync(PusherPeer socket, string room)
    {
        if (door.Cache.WhenKept(room) is not { } kept) return true;
        socket.SendAnswers();
        await kept.WaitAsync(socket.AsPeer!.Disconnected).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return socket.AsPeer!.IsConnected;
    }

    private void AnswerCached(PusherPeer socket, string channel, Joined joined)
    {
        var room = joined.Room!;
        if (door.Cache.Find(room) is { } cached)
        {
            // Said since the join: it comes to who has joined as what it is.
            if (joined.Result == JoinResult.Joined && cached.Offset > joined.Position.Offset) return;
            using var json = JsonBuffer.Rent();
            json.Raw("{\"event\":"u8).Text(cached.Event).Raw(",\"channel\":"u8).Text(channel).Raw(",\"data\":"u8).Text(cached.Data);
            socket.Answer(json.Raw("}"u8).Written);
            return;
        }
        using var miss = PusherFrames.Event("pusher:cache_miss"u8, "{}"u8, channel);
        socket.Answer(miss.Written);
        door.Webhooks.CacheMiss(room.Name);
    }

    // While the engine is away: nothing could tell the client to subscribe later, so it comes back, and subscribes again.
    private ValueTask RefuseForNow(PusherPeer socket, string channel, string text)
    {
        if (!door.Hub.IsEngineAway) return RefuseRules(socket, channel, text);
        socket.AsPeer?.Disconnect(CloseReason.RoomUnavailable);
        return default;
    }

    private static ValueTask RefuseRules(PusherPeer socket, string channel, string text) =>
        socket.RefuseSubscription(channel, null, "AuthError", text, 403);

    private static ValueTask RefuseLimit(PusherPeer socket, string channel, string text) =>
        socket.RefuseSubscription(channel, LimitReached, "LimitReached", text, LimitReached);
}
