namespace Kodama.Discovery.Tests;

public class ClusterTableTests
{
    private const string Cluster = "0123456789abcdef";
    private readonly ClusterTable table = new();

    [Fact]
    public void Hubs_OfOneCluster_AreOneFromTheFirstToTheLast()
    {
        var found = Single(HubChangeKind.Found, Hub("a", Cluster));
        Assert.Equal((HubChangeKind.Found, Cluster, 1), (found.Kind, found.Hub.Id, found.Hub.Addresses.Count));
        var grown = Single(HubChangeKind.Found, Hub("b", Cluster));
        Assert.Equal((HubChangeKind.Changed, 2), (grown.Kind, grown.Hub.Addresses.Count));
        Assert.Equal(2, Assert.Single(table.Grown).Addresses.Count);

        var shrunk = Single(HubChangeKind.Lost, Hub("a", Cluster));
        Assert.Equal((HubChangeKind.Changed, "http://b/"), (shrunk.Kind, Assert.Single(shrunk.Hub.Addresses).AbsoluteUri));
        var lost = Single(HubChangeKind.Lost, Hub("b", Cluster));
        Assert.Equal((HubChangeKind.Lost, Cluster), (lost.Kind, lost.Hub.Id));
    }

    [Fact]
    public void Hub_OfNoClusterOrAnother_IsForItself()
    {
        Assert.Equal("a", Single(HubChangeKind.Found, Hub("a", null)).Hub.Id);
        Single(HubChangeKind.Found, Hub("b", Cluster));
        Assert.Equal(HubChangeKind.Found, Single(HubChangeKind.Found, Hub("c", "fedcba9876543210")).Kind);
        var other = Hub("d", Cluster) with { CertificateFingerprint = new string('a', 64) };
        Assert.Equal(HubChangeKind.Found, Single(HubChangeKind.Found, other).Kind);
        Assert.Empty(table.Grown);
    }

    [Fact]
    public void Hub_ThatComesToBeOfACluster_LeavesWhatItWas()
    {
        Single(HubChangeKind.Found, Hub("a", Cluster));
        Single(HubChangeKind.Found, Hub("b", Cluster));
        var moved = table.Take(new HubChange(HubChangeKind.Changed, Hub("b", "fedcba9876543210"))).ToList();
        Assert.Equal(
            [(HubChangeKind.Changed, Cluster), (HubChangeKind.Found, "fedcba9876543210")], moved.Select(static c => (c.Kind, c.Hub.Id)));
    }

    private HubChange Single(HubChangeKind kind, FoundHub hub) => Assert.Single(table.Take(new HubChange(kind, hub)).ToList());

    private static FoundHub Hub(string id, string? cluster) =>
        new() { Id = id, Name = id, Addresses = [new Uri($"http://{id}/")], Cluster = cluster };
}
