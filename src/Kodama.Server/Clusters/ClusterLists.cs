using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Server;

/// <summary>Rooms and peers of the other hubs of the cluster, as they answer. Who asks leaves out what its reader may not be
/// told.</summary>
internal sealed class ClusterLists
{
    // 16 to 31 are the server's.
    private const byte Peers = 16;
    private const byte Rooms = 17;

    // Leaves room for the last one and the rest.
    private const int MostWritten = ICluster.MostBytes - (256 * 1024);

    private readonly Hub hub;
    private readonly ICluster? cluster;

    public ClusterLists(Hub hub)
    {
        this.hub = hub;
        cluster = hub.Cluster;
        if (cluster is null) return;
        cluster.Handle(Peers, (_, _) => new(Write(hub.Peers.Where(static p => p.IsListed).Select(Describe), ApiJson.Types.PeerAnswer)));
        cluster.Handle(Rooms, (_, _) => new(Write(hub.Rooms.Select(RoomAnswer.Of), ApiJson.Types.RoomAnswer)));
    }

    /// <summary>This hub's id, in lists of several hubs; null, where it is alone.</summary>
    public string? Own => cluster is null ? null : hub.Id;

    /// <summary>The peers of the others, with their addresses, and the hubs that have not answered; null, where there are none.</summary>
    public Task<(List<PeerAnswer> Peers, IReadOnlyList<string>? Missing)> PeersAsync() => AskAsync(Peers, ApiJson.Types.PeerAnswer);

    /// <summary>The rooms of the others, each as often as hubs have it.</summary>
    public Task<(List<RoomAnswer> Rooms, IReadOnlyList<string>? Missing)> RoomsAsync() => AskAsync(Rooms, ApiJson.Types.RoomAnswer);

    private PeerAnswer Describe(Peer peer) =>
        PeerAnswer.Of(peer, peer.Rooms.Select(static room => room.Name), peer.RemoteAddress) with { Hub = hub.Id };

    private async Task<(List<T> Items, IReadOnlyList<string>? Missing)> AskAsync<T>(byte kind, JsonTypeInfo<T> type)
    {
        if (cluster is null) return ([], null);
        var answers = await cluster.AskAsync(kind, default);
        var items = new List<T>();
        var missing = answers.Missing.ToList();
        foreach (var (from, what) in answers.Answers)
        {
            if (!TryRead(what, type, items)) missing.Add(from);
        }
        return (items, missing);
    }

    /// <summary>A JSON object to a line; an empty one behind the last: what is missing behind what fits shows.</summary>
    private static ReadOnlyMemory<byte>? Write<T>(IEnumerable<T> items, JsonTypeInfo<T> type)
    {
        using var stream = new MemoryStream();
        foreach (var item in items)
        {
            if (stream.Length > MostWritten) return stream.ToArray();
            JsonSerializer.Serialize(stream, item, type);
            stream.WriteByte((byte)'\n');
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static bool TryRead<T>(ReadOnlyMemory<byte> lines, JsonTypeInfo<T> type, List<T> items)
    {
        try
        {
            var rest = lines.Span;
            while (rest.IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (end == 0) return true;
                if (JsonSerializer.Deserialize(rest[..end], type) is { } item) items.Add(item);
                rest = rest[(end + 1)..];
            }
        }
        catch (JsonException)
        {
            // Another version, or nobody's word: it is as if it had not answered.
        }
        return false;
    }
}
