using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Pusher;

/// <summary>A client of the door: its messages become calls of the hub (docs/specs/pusher.md).</summary>
/// <param name="door">What all share.</param>
/// <param name="app">The app by which it comes.</param>
/// <param name="protocol">Which version it speaks.</param>
internal sealed class PusherPeer(PusherHub door, App app, int protocol) : DoorPeer
{
    // Clients before it look at no close codes.
    private const int FirstWithCloseCodes = 6;
    private const ushort Unauthorized = 4009;
    private const ushort OverCapacity = 4100;
    private const int TooManyWatched = 4302;
    private const ushort TooManyConnections = 4004;

    private Subscriptions subscriptions = new();
    private SignedIn? user;
    private Pace speaking;
    private Pace subscribing;
    private Peer? admitted;
    private Farewell farewell;
    private bool hasPlace;

    public SocketId Id { get; private set; }

    /// <summary>The client as the hub knows it; null before it is in.</summary>
    public Peer? AsPeer => Volatile.Read(ref admitted);

    public App App => app;

    protected override ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        if (hasPlace = app.TryTakePlace()) return AskAsync(client, cancellationToken);
        var full = new CloseReason(TooManyConnections, "This app has as many connections as it may.");
        Close(full, RefusedPeer.Tell(full));
        return new(full);
    }

    private async ValueTask<CloseReason?> AskAsync(PeerDescription client, CancellationToken cancellationToken)
    {
        if (await AdmitAsync(client, cancellationToken) is not { } refused) return null;
        if (farewell.Take() is { } last) Close(refused, last);
        return refused;
    }

    protected override byte[] Greet(Peer peer)
    {
        Id = door.Sockets.Add(this);
        using var json = PusherFrames.Established(Id.ToString(), (int)door.Options.ActivityTimeout.TotalSeconds);
        return PusherFrames.Whole(json);
    }

    protected override ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        // A full fence: either this sees the farewell, or whoever says it that the client is in.
        Interlocked.Exchange(ref admitted, Peer);
        SendFarewell();
        return default;
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
                return door.ClientEvents.SayAsync(this, message);
            default:
                return Fail(null, $"Event {Quote(message.Event)} is none that clients say: theirs begin with client-.");
        }
    }

    protected override void OnExpelled(Room room)
    {
        if (!app.TryChannelOf(room.Name, out var channel) || subscriptions.Take(channel) is not { } subscription) return;
        subscription.End(this);
        const string NoMore = "The rules of the room do not let this client in any more.";
        using var json = PusherFrames.SubscriptionError(channel, "AuthError", NoMore, 403);
        Answers.Add(MessageType.Text, json.Written);
        Answers.SendSoon();
    }

    protected override CloseReason OnClosing(CloseReason reason)
    {
        var told = reason switch
        {
            _ when reason == CloseReason.TooSlow || reason == CloseReason.RoomUnavailable => reason with { Code = OverCapacity },
            _ when reason == CloseReason.Disconnected || reason == CloseReason.NotAllowed => reason with { Code = Unauthorized },
            { Code: >= 3000 and < 4000 } => reason with { Code = door.IsFull ? OverCapacity : Unauthorized },
            _ => reason,
        };
        if (AsPeer is not null) Depart();
        // Behind the greeting, also where that is still to come.
        if (protocol < FirstWithCloseCodes && told.Code >= 4000 && farewell.TrySay(told) && AsPeer is not null) SendFarewell();
        return told;
    }

    protected override void OnClosed(ushort code, string reason)
    {
        Depart();
        if (Id != default) door.Sockets.Remove(Id);
        if (hasPlace) app.GivePlaceBack();
    }

    /// <summary>Puts a message in its outbox; whoever calls flushes. Never waits.</summary>
    public void Answer(ReadOnlySpan<byte> json)
    {
        if (!Put(MessageType.Text, json)) Drop();
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
    public Subscription? Find(string channel) => subscriptions.Find(channel);

    /// <summary>Gives it a place in a channel; false, when it has gone.</summary>
    public bool TryAdd(Subscription subscription) => subscriptions.TryAdd(subscription);

    /// <summary>It is in a room no more.</summary>
    public void Expel(Room room) => OnExpelled(room);

    /// <summary>Joins a room by its rules; what is said there comes when it has begun.</summary>
    public ValueTask<Joined> JoinHeldAsync(string room) => JoinAsync(new JoinRequest { Room = room, IsHeld = true });

    /// <summary>Makes it a member of its room, with these data, and waits until that is decided.</summary>
    public async ValueTask<PublishResult> BePresentAsync(Room room, Payload data)
    {
        var entered = await room.Members.EnterAsync(Peer, data, Batch);
        if (entered.Pending is not { } pending) return entered;
        Flush();
        return await pending;
    }

    /// <summary>Whether it may say another client event now.</summary>
    public bool MaySpeak() => speaking.Take(door.Time, door.Options.MaxClientEvents, door.Options.MaxClientEvents) == TimeSpan.Zero;

    /// <summary>Publishes what it says in a room.</summary>
    public ValueTask<PublishResult> PublishAsync(Room room, Payload payload, string eventName) =>
        Hub.PublishAsync(Peer, room, payload, eventName, new PublishOptions { Without = Peer }, Batch);

    /// <summary>Sends what its messages have brought so far, to others too: what comes now takes its time.</summary>
    public void SendAnswers() => Flush();

    /// <summary>Tells it what is wrong.</summary>
    public ValueTask Fail(int? code, string text, string? channel = null)
    {
        using var json = PusherFrames.Error(code, text, channel);
        Answers.Add(MessageType.Text, json.Written);
        return default;
    }

    /// <summary>Tells it that a signature does not fit.</summary>
    public ValueTask RefuseAuth(string channel, string text) => RefuseSubscription(channel, null, "AuthError", text, 401);

    /// <summary>Tells it why it does not get into a channel: by an event for clients of Pusher, and by one for those of soketi, whose
    /// event they tell the channel.</summary>
    public ValueTask RefuseSubscription(string channel, int? code, string type, string text, int status)
    {
        using (var json = PusherFrames.Error(code, text)) Answers.Add(MessageType.Text, json.Written);
        using (var json = PusherFrames.SubscriptionError(channel, type, text, status)) Answers.Add(MessageType.Text, json.Written);
        return default;
    }

    private ValueTask SubscribeAsync(in ClientMessage message)
    {
        if (message.Find("channel"u8) is not { } channel) return Fail(null, "A subscription names its channel.");
        if (Find(channel) is not null) return Fail(null, $"Existing subscription to channel {Printable(channel)}");
        if (channel.StartsWith('#') && channel.Length <= ChannelName.MaxLength) return SubscribeToUser(channel);
        if (!ChannelName.IsValid(channel)) return Fail(null, $"{Quote(channel)} is no channel's name: it takes {ChannelName.Rule}.");
        var data = message.Find("channel_data"u8);
        if (ChannelName.IsGuarded(channel) && Refuse(channel, message.Find("auth"u8), data) is { } wrong)
            return RefuseAuth(channel, wrong);
        var early = subscribing.Take(door.Time, door.SubscriptionsAtOnce, door.Options.MaxSubscriptions);
        return early > TimeSpan.Zero ? EnterLaterAsync(early, channel, data) : door.Entrance.EnterAsync(this, channel, data, user);
    }

    // Nothing more of it is read meanwhile.
    private async ValueTask EnterLaterAsync(TimeSpan early, string channel, string? data)
    {
        Flush();
        while (early > TimeSpan.Zero && Peer.IsConnected)
        {
            await Task.Delay(early, door.Time, Peer.Disconnected).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            early = subscribing.Take(door.Time, door.SubscriptionsAtOnce, door.Options.MaxSubscriptions);
        }
        await door.Entrance.EnterAsync(this, channel, data, user);
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
        subscriptions.TryAdd(new Subscription(channel, null, null));
        using var json = PusherFrames.Subscribed(channel, "{}"u8);
        Answers.Add(MessageType.Text, json.Written);
        return default;
    }

    private ValueTask Unsubscribe(string? channel)
    {
        if (channel is null || subscriptions.Take(channel) is not { } subscription) return default;
        subscription.End(this);
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
        using (var json = PusherFrames.SignedIn(data)) app.Users.Add(this, signedIn, json.Written);
        Volatile.Write(ref user, signedIn);
        // Either this sees that it has gone, or whoever sees it go sees the user.
        Interlocked.MemoryBarrier();
        if (subscriptions.HaveEnded) app.Users.Remove(this, signedIn);
        return signedIn.WatchesTooMany
            ? Fail(TooManyWatched, $"A watchlist has at most {SignedIn.MaxWatched} users: nobody is watched.")
            : default;
    }

    // Its connection ends: what it had is others' to know, once.
    private void Depart()
    {
        if (subscriptions.End() is not { } had) return;
        if (Volatile.Read(ref user) is { } signedIn) app.Users.Remove(this, signedIn);
        foreach (var subscription in had) subscription.End(this);
    }

    private void SendFarewell()
    {
        if (farewell.Take() is not { } last) return;
        var frame = Frame.Copy(last);
        Peer.Outbox.TryAnswer(frame);
        frame.Release();
    }

    // Whoever calls may hold a lock, and to end a connection runs rules.
    private void Drop() =>
        ThreadPool.UnsafeQueueUserWorkItem(static peer => peer.Disconnect(CloseReason.TooSlow), Peer, preferLocal: false);

    private static string Quote(string text) => $"\"{Printable(text)}\"";

    // What a client has sent comes back to it alone, and not at any length.
    private static string Printable(string text) => text.Length <= 256 ? text : text[..256] + "...";
}
