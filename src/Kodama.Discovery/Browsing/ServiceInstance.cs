using System.Net;

namespace Kodama.Discovery;

/// <summary>A service instance as it is known on one link (RFC 6763 section 4).</summary>
/// <param name="Link">The interface's index.</param>
/// <param name="Name">Instance, type and domain.</param>
/// <param name="Service">Port and host.</param>
/// <param name="Text">What it tells of itself.</param>
/// <param name="Addresses">The host's, those that are link-local with their scope; never empty.</param>
/// <param name="IsLeaving">It has said goodbye.</param>
internal sealed record ServiceInstance(
    int Link, DnsName Name, SrvData Service, TxtData Text, IReadOnlyList<IPAddress> Addresses, bool IsLeaving)
{
    /// <summary>From the last question on the link to its answer; zero if nobody had asked.</summary>
    public TimeSpan Latency { get; init; }

    public bool IsSame(ServiceInstance other) =>
        IsLeaving == other.IsLeaving && Service.Equals(other.Service) && Text.Equals(other.Text)
            && Addresses.SequenceEqual(other.Addresses);
}

/// <summary>What has become of an instance on a link.</summary>
/// <param name="Instance">As it is now, or was last.</param>
/// <param name="IsGone">Nothing is known of it any more.</param>
internal sealed record InstanceChange(ServiceInstance Instance, bool IsGone);
