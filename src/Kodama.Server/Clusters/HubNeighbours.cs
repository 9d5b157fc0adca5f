using System.Collections.Frozen;

namespace Kodama.Server;

/// <summary>
/// The hubs that share this one's rooms: tells them of it while its server runs, and clients of them. Where there is one hub alone, it does
/// nothing.
/// </summary>
internal sealed class HubNeighbours : IDisposable
{
    // Addresses of one hub that clients are told of: each that leads nowhere costs them a second.
    private const int MostTold = 4;
    private const int MostOrigins = 256;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Hub hub;
    private readonly KodamaOptions options;
    private readonly HubAddresses addresses;
    private readonly IServiceProvider services;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private ITimer? timer;
    private bool isStopping;
    private State state = State.Empty;

    public HubNeighbours(Hub hub, KodamaOptions options, HubAddresses addresses, IServiceProvider services, TimeProvider time)
    {
        this.hub = hub;
        this.options = options;
        this.addresses = addresses;
        this.services = services;
        this.time = time;
        if (Cluster is null) return;
        Cluster.Changed += Look;
        Look();
    }

    /// <summary>Raised on any thread when clients are to be told of other addresses.</summary>
    public event Action? Moved;

    /// <summary>Null for one hub alone.</summary>
    public ICluster? Cluster => hub.Cluster;

    /// <summary>The hubs of the cluster, this one too.</summary>
    public IReadOnlyList<ClusterMember> Members => Volatile.Read(ref state).Members;

    /// <summary>The other hubs by the addresses of their WebSocket endpoints, the best of each first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Others => Volatile.Read(ref state).Others;

    /// <summary>Whether pages of another hub of the cluster have this origin: they go on here when theirs is gone.</summary>
    public bool HasOrigin(string origin) => Volatile.Read(ref state).Origins.Contains(origin);

    /// <summary>Begins, once the server listens. Returns at once.</summary>
    public void Start()
    {
        if (Cluster is null) return;
        hub.DetailsChanged += Announce;
        timer = time.CreateTimer(static neighbours => ((HubNeighbours)neighbours!).Announce(), this, TimeSpan.Zero, Interval);
    }

    /// <summary>Nobody is to be sent here any more.</summary>
    public void Stop()
    {
        if (Cluster is null) return;
        lock (gate) isStopping = true;
        timer?.Dispose();
        hub.DetailsChanged -= Announce;
        Announce();
    }

    public void Dispose()
    {
        timer?.Dispose();
        if (Cluster is not null) Cluster.Changed -= Look;
    }

    private void Announce(IReadOnlyDictionary<string, string> details) => Announce();

    private void Announce()
    {
        lock (gate)
        {
            var counts = hub.Counts;
            Cluster!.Announce(new HubAbout(
                hub.Id, hub.Details.GetValueOrDefault("name") ?? options.Name!, isStopping ? [] : Own(), counts.Peers, counts.Rooms,
                HubEndpoints.Version, hub.StartedAt).Write());
        }
    }

    private IReadOnlyList<string> Own()
    {
        if (options.Addresses.Count > 0) return [.. options.Addresses.Take(HubAbout.MostAddresses)];
        var all = addresses.All();
        var reachable = all.Where(static address => !new Uri(address).IsLoopback).ToList();
        var prefix = KodamaPrefix.Find(services)?.Value ?? "";
        return [.. (reachable.Count > 0 ? reachable : all).Take(HubAbout.MostAddresses).Select(address => address + prefix)];
    }

    private void Look()
    {
        bool isMoved;
        lock (gate)
        {
            IReadOnlyList<ClusterMember> members =
            [
                .. from known in Cluster!.Hubs
                   let about = HubAbout.Read(known.About)
                   where about is not null
                   select new ClusterMember(known.Id, about),
            ];
            IReadOnlyList<IReadOnlyList<string>> others =
            [
                .. from member in members
                   where member.Id != Cluster.HubId && member.About.Addresses.Count > 0
                   select (IReadOnlyList<string>)[.. member.About.Addresses.Take(MostTold).Select(a => a + WebSocketEndpoint.Path)],
            ];
            var key = string.Join('\n', others.Select(static one => string.Join(' ', one)));
            isMoved = key != state.Key;
            Volatile.Write(ref state, new State(members, isMoved ? others : state.Others, key, OriginsOf(members)));
        }
        if (isMoved) Moved?.Invoke();
    }

    // Of those too that have gone: their pages are what comes.
    private FrozenSet<string> OriginsOf(IReadOnlyList<ClusterMember> members) => members
        .SelectMany(static member => member.About.Addresses.Select(static address => new Uri(address).GetLeftPart(UriPartial.Authority)))
        .Concat(state.Origins.Take(MostOrigins)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private sealed record State(
        IReadOnlyList<ClusterMember> Members, IReadOnlyList<IReadOnlyList<string>> Others, string Key, FrozenSet<string> Origins)
    {
        public static readonly State Empty = new([], [], "", FrozenSet<string>.Empty);
    }
}
