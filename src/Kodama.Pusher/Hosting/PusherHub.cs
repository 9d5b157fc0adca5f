using Kodama.Server;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

/// <summary>What all connections and requests of the door share.</summary>
internal sealed class PusherHub
{
    private readonly int maxPeers;

    public PusherHub(
        DoorKit kit, AppTable apps, PusherOptions options, KodamaOptions hub, Webhooks webhooks, TimeProvider time,
        ILogger<PusherHub> logger)
    {
        maxPeers = hub.MaxPeers;
        SubscriptionsAtOnce = hub.MaxRoomsPerPeer;
        Kit = kit;
        Apps = apps;
        Options = options;
        Webhooks = webhooks;
        Time = time;
        Logger = logger;
        Cache = new CachedEvents(kit.Hub, time, options.MaxDataSize);
        Counts = new ChannelCounts(this);
        Entrance = new Entrance(this);
        ClientEvents = new ClientEvents(this);
        Neighbours = new PusherNeighbours(this);
        if (Hub.Cluster is { } cluster) webhooks.Turns = new WebhookTurns(cluster, webhooks, time, logger) { Counted = Counts.Changed };
        Hub.KeyChanged += apps.Presence.Note_NeedsLock;
        apps.Presence.MemberAdded = webhooks.MemberAdded;
        apps.Presence.MemberRemoved = webhooks.MemberRemoved;
    }

    public DoorKit Kit { get; }

    public Hub Hub => Kit.Hub;

    public AppTable Apps { get; }

    public PusherOptions Options { get; }

    public Webhooks Webhooks { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public SocketTable Sockets { get; } = new();

    public CachedEvents Cache { get; }

    public ChannelCounts Counts { get; }

    public Entrance Entrance { get; }

    public PusherNeighbours Neighbours { get; }

    public ClientEvents ClientEvents { get; }

    /// <summary>So often a connection may subscribe before it waits: as many channels as it may be in.</summary>
    public int SubscriptionsAtOnce { get; }

    public PresenceTable Presence => Apps.Presence;

    /// <summary>Whether the hub has as many peers as it may.</summary>
    public bool IsFull => Hub.PeerCount >= maxPeers;
}
