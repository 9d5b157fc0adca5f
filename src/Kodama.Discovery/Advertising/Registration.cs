namespace Kodama.Discovery;

/// <summary>The names and data that are advertised at present, the same on all links.</summary>
internal sealed record Registration(DnsName Service, string InstanceLabel, string HostLabel, ushort Port, TxtData Text)
{
    public static readonly DnsName Domain = DnsName.Parse("local");

    public DnsName Instance { get; } = Service.Prepend(InstanceLabel);

    public DnsName Host { get; } = Domain.Prepend(HostLabel);

    /// <summary>With the next name to try instead of one that is taken.</summary>
    public Registration Without(TakenName taken) => taken == TakenName.Instance
        ? new(Service, NextName.OfInstance(InstanceLabel), HostLabel, Port, Text)
        : new(Service, InstanceLabel, NextName.OfHost(HostLabel), Port, Text);

    public Registration With(TxtData text) => new(Service, InstanceLabel, HostLabel, Port, text);
}
