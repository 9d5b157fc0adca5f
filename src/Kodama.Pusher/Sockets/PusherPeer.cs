using System.Text;
using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Pusher;

/// <summary>A client of the door: its messages become calls of the hub (docs/specs/pusher.md).</summary>
/// <param name="door">What all share.</param>
/// <param name="app">The app by which it comes.</param>
/// <param name="protocol">Which version it speaks.</param>
internal sealed class PusherPeer(PusherHub door, App app, int protocol) : DoorPeer
{
    // In the place of the subscriptions of a connection that has ended.
    private static readonly Subscription[] Departed = new Subscription[1];

    // Clients before it look at no close codes.
    private const int FirstWithCloseCodes = 6;
    private const ushort Unauthorized = 4009;
    private const ushort OverCapacity = 4100;
    private const int RateLimited = 4301;
    private const int TooManyWatched = 4302;
    private const int LimitReached = 4004;

    // Replaced as a whole, by whoever changes it.
    private Subscription[] subscriptions = [];
    private SignedIn? user;
    private EventPace pace;
    private Peer? admitted;
    private bool hasPlace;

    public SocketId Id { get; private set; }

    /// <summary>The client as the hub knows it.</summary>
    public Peer AsPeer => Volatile.Read(ref admitted)!;

    /// <summary>Whether it has come by this app.</summary>
    public bool IsOf(App other) => app == other;

    protected override ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        if (hasPlace = app.TryTakePlace()) return AskAsync(client, cancellationToken);
        var full = new CloseReason(LimitReached, "This app has as many connections as it may.");
        Close(full, RefusedPeer.Tell(full));
        return new(full);
    }

    private async ValueTask<CloseReason?> AskAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        if (await AdmitAsync(client, cancellationToken) is not { } refused) return null;
        if (protocol >= FirstWithCloseCodes) return refused;
        var told = OnClosing(refused);
        Close(told, RefusedPeer.Tell(told));
        return told;
    }

    protected override byte[] Greet(Peer peer)
    {
        Id = door.Sockets.Add(this);
        Volatile.Write(ref admitted, peer);
        using var json = PusherFrames.Established(Id.ToString(), (int)door.Options.ActivityTimeout.TotalSeconds);
        return PusherFrames.Whole(json);
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        if (type != MessageType.Text) return default;
        if (!ClientMessage.TryRead(payload, out var message))
            return Fail(null, $"A message is a JSON object with an event, and its strings hold whole characters: {JsonEscapes.Rule}.");
        switch (message.Event)
        {
            case "pusher:ping":
                Answers.Add(MessageType.Text, "{\"event\":\"pusher:pong\",\"data\":\"{}\"}"u8);
                return default;
            case "pusher:pong":
                return default;
            case "pusher:subscribe":
                return SubscribeAsync(message);
            case "pusher:unsubscribe":
                return Unsubscribe(message.Find("channel"u8));
            case "pusher:signin":
                return SignIn(message);
            case var name when EventName.IsClient(name):
                return SayAsync(message);
            default:
                return Fail(null, $"Event {Quote(message.Event)} is none that clients say: theirs begin with client-.");
        }
    }

    protected override void OnExpelled(Room room)
    {
        if (!app.TryChannelOf(room.Name, out var channel) || Take(channel) is not { } subscription) return;
        End(subscription);
        const string NoMore = "The rules of the room do not let this client in any more.";
        using var json = PusherFrames.SubscriptionError(channel, "AuthError", NoMore, 403);
        Answers.Add(MessageType.Text, json.Written);
        Answers.SendSoon();
    }

    protected override CloseReason OnClosing(CloseReason reason)
    {
        var told = reason switch
        {
            _ when reason == CloseReason.TooSlow => reason with { Code = OverCapacity },
            _ when reason == CloseReason.Disconnected || reason == CloseReason.NotAllowed => reason with { Code = Unauthorized },
            { Code: >= 3000 and < 4000 } => reason with { Code = door.IsFull ? OverCapacity : Unauthorized },
            _ => reason,
        };
        if (Volatile.Read(ref admitted) is null) return told;
        Depart();
        if (protocol < FirstWithCloseCodes && told.Code >= 4000)
        {
            using var json = PusherFrames.Error(told.Code, told.Text);
            Answer(json.Written);
        }
        return told;
    }

    protected override void OnClosed(ushort code, string reason)
    {
        Depart();
        if (Volatile.Read(ref admitted) is not null) door.Sockets.Remove(Id);
        if (hasPlace) app.GivePlaceBack();
    }

    /// <summary>Puts a message in its outbox; whoever calls flushes. Never waits.</summary>
    public void Answer(ReadOnlySpan<byte> json)
    {
        var frame = DoorKit.Encode(MessageType.Text, json);
        if (Peer.Outbox.TryAnswer(frame) == EnqueueResult.Full) Drop();
        frame.Release();
    }

    /// <summary>Puts a message in the outboxes of several; whoever calls flushes. Never waits.</summary>
    public static void Tell(IReadOnlyCollection<PusherPeer> sockets, ReadOnlySpan<byte> json)
    {
        if (sockets.Count == 0) return;
        var frame = DoorKit.Encode(MessageType.Text, json);
        foreach (var socket in sockets)
        {
            // Who goes is not told of it.
            if (!socket.Peer.IsConnected) continue;
            if (socket.Peer.Outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect) == EnqueueResult.Full) socket.Drop();
        }
        frame.Release();
    }

    public static void Flush(IReadOnlyCollection<PusherPeer> sockets)
    {
        foreach (var socket in sockets) socket.SendNow();
    }

    /// <summary>Sends what was put in its outbox.</summary>
    public void SendNow() => ((IPeerLink)this).Flush();

    /// <summary>Its place in a channel; null, where it has none.</summary>
    public Subscription? Find(string channel)
    {
        foreach (var subscription in Volatile.Read(ref subscriptions))
        {
            if (subscription?.Channel == channel) return subscription;
        }
        return null;
    }

    private bool HasLeft => Volatile.Read(ref subscriptions) == Departed;

    // Whoever calls may hold a lock, and to end a connection runs rules.
    private void Drop() =>
        ThreadPool.UnsafeQueueUserWorkItem(static peer => peer.Disconnect(CloseReason.TooSlow), Peer, preferLocal: false);

    private ValueTask SubscribeAsync(in ClientMessage message)
    {
        if (message.Find("channel"u8) is not { } channel) return Fail(null, "A subscription names its channel.");
        if (Find(channel) is not null) return Fail(null, $"Existing subscription to channel {Printable(channel)}");
        if (channel.StartsWith('#') && channel.Length <= ChannelName.MaxLength) return SubscribeToUser(channel);
        if (!ChannelName.IsValid(channel)) return Fail(null, $"{Quote(channel)} is no channel's name: it takes {ChannelName.Rule}.");
        var data = message.Find("channel_data"u8);
        if (ChannelName.IsGuarded(channel) && Refuse(channel, message.Find("auth"u8), data) is { } wrong)
            return RefuseAuth(channel, wrong);
        return ChannelName.IsPresence(channel) ? SubscribeToPresenceAsync(channel, data) : SubscribeToRoomAsync(channel);
    }

    // The text that was to be signed is no secret: the client has all of it, and whoever looks for the mistake needs it.
    private string? Refuse(string channel, string? auth, string? data)
    {
        var signed = data is null ? $"{Id}:{channel}" : $"{Id}:{channel}:{data}";
        return app.IsAuth(auth, signed)
            ? null
            : $"Invalid signature: expected KEY:SIGNATURE, where SIGNATURE is the HMAC-SHA256 of {Quote(signed)} in hexadecimal.";
    }

    private ValueTask SubscribeToUser(string channel)
    {
        if (user is null || channel != ChannelName.UserPrefix + user.Id)
            return RefuseAuth(channel, "A user's channel is for who has signed in as that user.");
        Add(new Subscription(channel, null, null));
        using var json = PusherFrames.Subscribed(channel, "{}"u8);
        Answers.Add(MessageType.Text, json.Written);
        return default;
    }

    private async ValueTask SubscribeToRoomAsync(string channel)
    {
        var isCache = ChannelName.IsCache(channel);
        var name = app.RoomOf(channel);
        if (await JoinAsync(channel, name) is not { } joined) return;
        if (isCache && !await WaitForEventsAsync(name)) return;
        using (var json = PusherFrames.Subscribed(channel, "{}"u8)) Answer(json.Written);
        if (isCache) AnswerCached(channel, joined);
        Begin(channel, joined, presence: null);
    }

    private async ValueTask SubscribeToPresenceAsync(string channel, string? data)
    {
        var present = data is not null ? PresentUser.Read(Encoding.UTF8.GetBytes(data)) : user is not null ? PresentUser.Of(user) : null;
        if (present is null || present.Info.Length > PresentUser.MaxInfo)
        {
            await RefuseAuth(channel, "channel_data names a user: {\"user_id\":...,\"user_info\":...}, an id of at most 128 characters and "
                + "info of at most 1024 bytes; without it the connection signs in first.");
            return;
        }
        var isCache = ChannelName.IsCache(channel);
        var name = app.RoomOf(channel);
        if (await JoinAsync(channel, name) is not { } joined) return;
        var room = joined.Room!;
        var presence = door.Presence.Use(room, channel);
        var isIn = false;
        try
        {
            isIn = await EnterAsync(channel, room, presence, present);
            if (!isIn)
            {
                Hub.Leave(Peer, room);
                return;
            }
            isIn = !isCache || await WaitForEventsAsync(name);
            if (!isIn) return;
            presence.Welcome(this);
            if (isCache) AnswerCached(channel, joined);
            Begin(channel, joined, presence);
        }
        finally
        {
            if (!isIn) presence.LetGo();
        }
    }

    private async ValueTask<bool> EnterAsync(string channel, Room room, PresenceChannel presence, PresentUser present)
    {
        if (!presence.TryReserve(present.Id, door.Options.MaxPresenceMembers))
        {
            RefuseLimit(channel, $"The channel has {door.Options.MaxPresenceMembers} users, as many as it may.");
            return false;
        }
        try
        {
            var entered = await room.Members.EnterAsync(Peer, Payload.OfText(present.ToMember()), Batch);
            if (entered.Pending is { } pending)
            {
                Flush();
                entered = await pending;
            }
            if (entered.Refusal is not { } refused) return true;
            RefuseRules(channel, refused);
            return false;
        }
        finally
        {
            presence.GiveBack(present.Id);
        }
    }

    private async ValueTask<Joined?> JoinAsync(string channel, string name)
    {
        Joined joined;
        try
        {
            joined = await JoinAsync(new JoinRequest { Room = name, IsHeld = true }, Peer.Disconnected);
        }
        catch (OperationCanceledException) when (Peer.Disconnected.IsCancellationRequested)
        {
            return null;
        }
        switch (joined.Result)
        {
            case JoinResult.Joined:
                return joined;
            // By the program's own word.
            case JoinResult.AlreadyIn when Hub.FindRoom(name) is { } room:
                return joined with { Room = room };
            case JoinResult.Gone:
                return null;
            case JoinResult.Refused:
                RefuseRules(channel, joined.Reason ?? "The rules of the room do not let this client in.");
                return null;
            case JoinResult.PeerFull:
                RefuseLimit(channel, "This connection is in as many channels as it may.");
                return null;
            case JoinResult.HubFull:
                RefuseLimit(channel, "The hub has as many rooms as it may.");
                return null;
            default:
                RefuseRules(channel, "What is kept of the room cannot be read now: try again later.");
                return null;
        }
    }

    // Behind the answer comes what is said in the room.
    private void Begin(string channel, Joined joined, PresenceChannel? presence)
    {
        // One text for all who are in it, where it is the room's name.
        var name = joined.Room!.Name;
        var subscription = new Subscription(name.Length == channel.Length ? name : channel, joined.Room, presence);
        var isIn = Add(subscription);
        joined.Begin();
        // Only now: who reads that it has subscribed misses nothing, even if the hub stops at once.
        SendNow();
        // It may have gone, or been taken out, before this was known.
        if (!isIn) End(subscription);
        else if (!Peer.IsIn(joined.Room)) OnExpelled(joined.Room);
        door.Counts.Changed(name);
    }

    // What has its place in the room is to be kept before it is asked for. False, when the connection has ended.
    private async ValueTask<bool> WaitForEventsAsync(string room)
    {
        Flush();
        try
        {
            await door.Cache.WaitAsync(room, Peer.Disconnected);
            return true;
        }
        catch (OperationCanceledException) when (Peer.Disconnected.IsCancellationRequested)
        {
            return false;
        }
    }

    private void AnswerCached(string channel, Joined joined)
    {
        var room = joined.Room!;
        if (door.Cache.Find(room) is { } cached)
        {
            // Said since the join: it comes to who has joined as what it is.
            if (joined.Result == JoinResult.Joined && cached.Offset > joined.Position.Offset) return;
            using var json = JsonBuffer.Rent();
            json.Raw("{\"event\":"u8).Text(cached.Event).Raw(",\"channel\":"u8).Text(channel).Raw(",\"data\":"u8).Text(cached.Data);
            Answer(json.Raw("}"u8).Written);
            return;
        }
        using var miss = PusherFrames.Event("pusher:cache_miss"u8, "{}"u8, channel);
        Answer(miss.Written);
        door.Webhooks.CacheMiss(room.Name);
    }

    private ValueTask Unsubscribe(string? channel)
    {
        if (channel is null || Take(channel) is not { } subscription) return default;
        End(subscription);
        if (subscription.Room is not { } room) return default;
        Hub.Leave(Peer, room);
        subscription.Presence?.Apply();
        return default;
    }

    private ValueTask SignIn(in ClientMessage message)
    {
        if (user is not null) return Fail(null, "This connection has signed in already.");
        if (message.Find("user_data"u8) is not { } data || !app.IsAuth(message.Find("auth"u8), $"{Id}::user::{data}"))
        {
            return Fail(Unauthorized, "Invalid signature: expected KEY:SIGNATURE, where SIGNATURE is the HMAC-SHA256 of "
                + $"\"{Id}::user::USER_DATA\" in hexadecimal.");
        }
        if (SignedIn.Read(data) is not { } signedIn)
            return Fail(Unauthorized, "user_data is a JSON object whose id is a text of 1 to 128 characters.");
        Flush();
        using (var json = PusherFrames.SignedIn(data)) app.Users.Add(this, signedIn, json.Written);
        Volatile.Write(ref user, signedIn);
        // Either this sees that it has gone, or whoever sees it go sees the user.
        Interlocked.MemoryBarrier();
        if (HasLeft) app.Users.Remove(this, signedIn);
        return signedIn.WatchesTooMany
            ? Fail(TooManyWatched, $"A watchlist has at most {SignedIn.MaxWatched} users: nobody is watched.")
            : default;
    }

    private ValueTask SayAsync(in ClientMessage message)
    {
        if (message.Channel is not { } channel || Find(channel) is not { Room: { } room })
            return Fail(null, "A client event goes to a channel that the connection has subscribed to.");
        if (!app.Options.ClientEvents) return Fail(null, "Client events are not enabled for this app.", channel);
        if (!ChannelName.IsGuarded(channel))
            return Fail(null, "Client events are for private and presence channels.", channel);
        if (message.Event.Length > EventName.MaxLength)
            return Fail(null, $"An event's name has at most {EventName.MaxLength} characters.", channel);
        if (message.Data.Length > door.Options.MaxDataSize)
            return Fail(null, $"An event's data have at most {door.Options.MaxDataSize} bytes.", channel);
        if (!pace.TryTake(door.Time, door.Options.MaxClientEvents))
            return Fail(RateLimited, $"A connection says at most {door.Options.MaxClientEvents} client events a second.", channel);
        var payload = EventData.OfJson(message.Event, message.Data.Span);
        var publishing = Hub.PublishAsync(Peer, room, payload, message.Event, new PublishOptions { Without = Peer }, Batch);
        return publishing.IsCompletedSuccessfully
            ? Said(channel, room, message.Event, payload, publishing.Result)
            : SaidAsync(channel, room, message.Event, payload, publishing);
    }

    private async ValueTask SaidAsync(
        string channel, Room room, string eventName, Payload payload, ValueTask<PublishResult> publishing) =>
        await Said(channel, room, eventName, payload, await publishing);

    private ValueTask Said(string channel, Room room, string eventName, in Payload payload, in PublishResult result)
    {
        if (result.Refusal is { } refused) return Fail(null, refused, channel);
        if (door.Webhooks.AreSome)
            door.Webhooks.ClientEvent(room.Name, eventName, payload, Id, door.Presence.UserOf(room, Peer.Author.Id));
        return default;
    }

    // Its connection ends: what it had is others' to know, once.
    private void Depart()
    {
        var had = Interlocked.Exchange(ref subscriptions, Departed);
        if (had == Departed) return;
        if (Volatile.Read(ref user) is { } signedIn) app.Users.Remove(this, signedIn);
        foreach (var subscription in had) End(subscription);
    }

    private void End(Subscription subscription)
    {
        if (subscription.Presence is not { } presence) return;
        presence.Leave(this);
        presence.LetGo();
    }

    /// <summary>False, when the connection has ended.</summary>
    private bool Add(Subscription subscription)
    {
        while (true)
        {
            var seen = Volatile.Read(ref subscriptions);
            if (seen == Departed) return false;
            if (Interlocked.CompareExchange(ref subscriptions, [.. seen, subscription], seen) == seen) return true;
        }
    }

    private Subscription? Take(string channel)
    {
        while (Find(channel) is { } taken)
        {
            var seen = Volatile.Read(ref subscriptions);
            var others = Array.FindAll(seen, other => !ReferenceEquals(other, taken));
            if (others.Length == seen.Length) continue;
            if (Interlocked.CompareExchange(ref subscriptions, others, seen) == seen) return taken;
        }
        return null;
    }

    private ValueTask Fail(int? code, string text, string? channel = null)
    {
        using var json = PusherFrames.Error(code, text, channel);
        Answers.Add(MessageType.Text, json.Written);
        return default;
    }

    private ValueTask RefuseAuth(string channel, string text)
    {
        Refuse(channel, null, "AuthError", text, 401);
        return default;
    }

    private void RefuseRules(string channel, string text) => Refuse(channel, null, "AuthError", text, 403);

    private void RefuseLimit(string channel, string text) => Refuse(channel, LimitReached, "LimitReached", text, LimitReached);

    // For clients of Pusher, and of soketi, whose event they tell the channel.
    private void Refuse(string channel, int? code, string type, string text, int status)
    {
        using (var json = PusherFrames.Error(code, text)) Answers.Add(MessageType.Text, json.Written);
        using (var json = PusherFrames.SubscriptionError(channel, type, text, status)) Answers.Add(MessageType.Text, json.Written);
    }

    private static string Quote(string text) => $"\"{Printable(text)}\"";

    // What a client has sent comes back to it alone, and not at any length.
    private static string Printable(string text) => text.Length <= 256 ? text : text[..256] + "...";
}
