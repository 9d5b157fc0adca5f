using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

/// <summary>Tells webhooks what happens in the channels of their apps (docs/specs/pusher.md, Webhooks). Thread-safe, and never
/// waits.</summary>
internal sealed class Webhooks : IDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(3);

    private readonly (App App, WebhookQueue Queue)[] queues;
    private readonly PresenceTable presence;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    // Ends that are held: of channels (with no user), and of users in them.
    private readonly Lock gate = new();
    private readonly Dictionary<(string Room, string? User), HeldEnd> held = [];
    private bool isOver;

    public Webhooks(AppTable apps, PusherOptions options, TimeProvider time, ILogger<Webhooks> logger)
    {
        this.time = time;
        presence = apps.Presence;
        // What is configured is posted to, and not where that points to.
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        queues =
        [
            .. apps.All.SelectMany(app => app.Options.Webhooks.GroupBy(static webhook => webhook.Url).SelectMany(ofOne => ofOne.Select(
                (webhook, number) => (app, new WebhookQueue(app, webhook, number, options.DataFolder, http, time, logger))))),
        ];
    }

    /// <summary>Whether there are any: else nothing needs to be found out for them.</summary>
    public bool AreSome => queues.Length > 0;

    /// <summary>Events that wait to be taken.</summary>
    public int Waiting => queues.Sum(static of => of.Queue.Count);

    /// <summary>Whether one that was not taken waits for its time.</summary>
    public bool IsWaitingToRetry => Array.Exists(queues, static of => of.Queue.IsWaitingToRetry);

    /// <summary>Ends that are held.</summary>
    public int Held { get { lock (gate) return held.Count; } }

    /// <summary>Where several hubs have the channels: who of them tells what. Set before anything happens.</summary>
    public WebhookTurns? Turns { get; set; }

    public Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, queue) in queues) queue.Open();
        var turns = Turns?.RunAsync(cancellationToken) ?? Task.CompletedTask;
        return Task.WhenAll(queues.Select(of => of.Queue.RunAsync(cancellationToken)).Append(turns));
    }

    /// <summary>When the hub has stopped. Ends are not held any longer, and those that the stop has brought about are told.</summary>
    public void Dispose()
    {
        // Of several hubs the others tell of it, when this one's lease has ended.
        if (Turns is null) presence.End();
        lock (gate)
        {
            isOver = true;
            foreach (var end in held.Values)
            {
                end.Timer!.Dispose();
                if (Turns is null) end.Tell();
            }
            held.Clear();
        }
        foreach (var (_, queue) in queues) queue.Dispose();
        http.Dispose();
    }

    public void Occupied(string room)
    {
        var isBack = TakeBack(room, null);
        if (Turns is { } turns) turns.Turn(room);
        else if (!isBack) TellOccupied(room);
    }

    public void Vacated(string room) => HoldBack(room, null, () =>
    {
        if (Turns is { } turns) turns.Turn(room);
        else TellVacated(room);
    });

    public void TellOccupied(string room) => Tell("channel_occupied", room, new("channel_occupied", "channel_vacated", room));

    public void TellVacated(string room) =>
        Tell("channel_vacated", room, new("channel_vacated", "channel_occupied", room), needless: CountOf(room));

    public void CacheMiss(string room) => Tell("cache_miss", room);

    public void TellCount(string room, int count) =>
        Tell("subscription_count", room, CountOf(room), more: json => json.Raw(",\"subscription_count\":"u8).Number(count));

    /// <summary>A user has come into a channel, at this place of its order.</summary>
    public void MemberAdded(string room, string user, long place)
    {
        if (!AreSome) return;
        var isBack = TakeBack(room, user);
        if (Turns is { } turns) turns.Note(room, user, place, isThere: true);
        else if (!isBack) TellMember(room, user, isThere: true);
    }

    /// <summary>A user has gone.</summary>
    public void MemberRemoved(string room, string user, long place)
    {
        if (!AreSome) return;
        HoldBack(room, user, () =>
        {
            if (Turns is { } turns) turns.Note(room, user, place, isThere: false);
            else TellMember(room, user, isThere: false);
        });
    }

    public void TellMember(string room, string user, bool isThere)
    {
        var (kind, contrary) = isThere ? ("member_added", "member_removed") : ("member_removed", "member_added");
        Tell(kind, room, new(kind, contrary, room, user), more: json => json.Raw(",\"user_id\":"u8).Text(user));
    }

    public void ClientEvent(string room, string eventName, Payload payload, SocketId socket, string? user) =>
        Tell("client_event", room, more: json =>
        {
            json.Raw(",\"event\":"u8).Text(eventName).Raw(",\"data\":"u8);
            PusherEncoder.WriteData(json, payload);
            json.Raw(",\"socket_id\":"u8).Text(socket.ToString());
            if (user is not null) json.Raw(",\"user_id\":"u8).Text(user);
        });

    private static WebhookSubject CountOf(string room) => new("subscription_count", "subscription_count", room);

    private void Tell(
        string kind, string room, WebhookSubject? subject = null, WebhookSubject? needless = null, Action<JsonBuffer>? more = null)
    {
        foreach (var (app, queue) in queues)
        {
            if (!queue.Wants(kind) || !app.TryChannelOf(room, out var channel)) continue;
            using var json = JsonBuffer.Rent();
            json.Raw("{\"name\":"u8).Text(kind).Raw(",\"channel\":"u8).Text(channel);
            more?.Invoke(json);
            queue.Add(new WebhookEvent(time.GetUtcNow().ToUnixTimeMilliseconds(), json.Raw("}"u8).Written.ToArray())
            {
                Subject = subject,
                Needless = needless,
            });
        }
    }

    private void HoldBack(string room, string? user, Action tell)
    {
        if (!AreSome) return;
        lock (gate)
        {
            if (isOver || held.ContainsKey((room, user))) return;
            var end = held[(room, user)] = new HeldEnd(tell);
            end.Timer = time.CreateTimer(
                _ =>
                {
                    // Told before anybody finds it told: who comes then is told behind it.
                    lock (gate)
                    {
                        if (held.GetValueOrDefault((room, user)) != end) return;
                        held.Remove((room, user));
                        end.Timer!.Dispose();
                        end.Tell();
                    }
                },
                null, Hold, Timeout.InfiniteTimeSpan);
        }
    }

    private bool TakeBack(string room, string? user)
    {
        lock (gate)
        {
            if (!held.Remove((room, user), out var end)) return false;
            end.Timer!.Dispose();
            return true;
        }
    }

    private sealed class HeldEnd(Action tell)
    {
        public Action Tell => tell;

        public ITimer? Timer { get; set; }
    }
}
