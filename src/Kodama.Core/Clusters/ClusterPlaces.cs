namespace Kodama;

/// <summary>Places that peers of all hubs have together.</summary>
internal static class ClusterPlaces
{
    /// <summary>By its session, so that a client which comes to another hub has its place there.</summary>
    public static string HolderOf(Peer peer) => peer.Session ?? peer.Id;

    /// <summary>Takes a place for a peer, who is disconnected where it is lost.</summary>
    public static async ValueTask<PeerVerdict> ReserveAsync(
        this ICluster cluster, string place, int most, Peer peer, PeerVerdict refusal) =>
        await cluster.ReserveAsync(place, HolderOf(peer), most, () => peer.Disconnect(refusal.Refusal)) switch
        {
            true => PeerVerdict.Accepted,
            false => refusal,
            null => PeerVerdict.Later,
        };
}
