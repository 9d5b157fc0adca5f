namespace Kodama.Redis.Tests;

/// <summary>Several hubs of one process over one Redis, under a prefix of their own.</summary>
internal sealed class Cluster(string address, HubOptions? options = null, RedisOptions? redis = null) : IAsyncDisposable
{
    private readonly string prefix = Guid.NewGuid().ToString("N");
    private readonly List<Node> nodes = [];

    public string Prefix => $"{{{prefix}}}";

    public IReadOnlyList<Node> Nodes => nodes;

    public Node this[int index] => nodes[index];

    /// <summary>Another hub, which joins the cluster.</summary>
    public Node Add(HubRules? rules = null)
    {
        var engine = new RedisEngine(
            address,
            new RedisOptions
            {
                Prefix = prefix,
                Lease = redis?.Lease ?? TimeSpan.FromSeconds(10),
                Patience = redis?.Patience ?? TimeSpan.FromSeconds(5),
                MaxRooms = redis?.MaxRooms ?? 128 * 1024,
                MaxBytes = redis?.MaxBytes,
            });
        var node = new Node(new Hub(options, rules, engine: engine), engine);
        nodes.Add(node);
        return node;
    }

    public Cluster With(int hubs)
    {
        while (nodes.Count < hubs) Add();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            node.Hub.Stop();
            await node.Engine.DisposeAsync();
        }
    }

    internal sealed record Node(Hub Hub, RedisEngine Engine);
}
