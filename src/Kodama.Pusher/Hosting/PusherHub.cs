using System.Collections.Concurrent;
using Kodama.Server;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

/// <summary>What all connections and requests of the door share.</summary>
internal sealed class PusherHub
{
    private readonly ConcurrentDictionary<SocketId, PusherPeer> sockets = new();
    private readonly ConcurrentDictionary<Peer, PusherPeer> peers = new();
    private readonly Dictionary<App, UserTable> users;
    private readonly int maxPeers;

    public PusherHub(
        DoorKit kit, AppTable apps, PusherOptions options, KodamaOptions hub, Webhooks webhooks, TimeProvider time,
        ILogger<PusherHub> logger)
    {
        maxPeers = hub.MaxPeers;
        Kit = kit;
        Apps = apps;
        Options = options;
        Webhooks = webhooks;
        Time = time;
        Logger = logger;
        users = apps.All.ToDictionary(static app => app, static _ => new UserTable());
        Cache = new CachedEvents(kit.Hub, time);
        Counts = new ChannelCounts(this);
        Hub.KeyChanged += apps.Presence.Note_NeedsLock;
        apps.Presence.MemberAdded = (room, user) => webhooks.Member("member_added", room, user);
        apps.Presence.MemberRemoved = (room, user) => webhooks.Member("member_removed", room, user);
    }

    public DoorKit Kit { get; }

    public Hub Hub => Kit.Hub;

    public AppTable Apps { get; }

    public PusherOptions Options { get; }

    public Webhooks Webhooks { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public CachedEvents Cache { get; }

    public ChannelCounts Counts { get; }

    public PresenceTable Presence => Apps.Presence;

    /// <summary>Whether the hub has as many peers as it may.</summary>
    public bool IsFull => Hub.PeerCount >= maxPeers;

    public UserTable UsersOf(App app) => users[app];

    public void Add(PusherPeer socket, Peer peer)
    {
        sockets[socket.Id] = socket;
        peers[peer] = socket;
    }

    public void Remove(PusherPeer socket, Peer peer)
    {
        sockets.TryRemove(new(socket.Id, socket));
        peers.TryRemove(peer, out _);
    }

    /// <summary>The peer with this socket id; null for none.</summary>
    public Peer? PeerOf(SocketId id) => sockets.GetValueOrDefault(id)?.AsPeer;

    /// <summary>The connection that this peer is, or null.</summary>
    public PusherPeer? SocketOf(Peer peer) => peers.GetValueOrDefault(peer);
}
