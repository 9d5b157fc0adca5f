namespace Kodama.Discovery;

/// <summary>A hub as one of its instances tells of it.</summary>
/// <param name="Instance">As it is now.</param>
/// <param name="Text">What it tells.</param>
/// <param name="Since">When it was first heard.</param>
internal sealed record HeardInstance(ServiceInstance Instance, HubText Text, TimeSpan Since)
{
    public IReadOnlyList<SweepTarget> Targets { get; } =
        [.. Instance.Addresses.Select(a => new SweepTarget(new(a, Instance.Service.Port)))];
}
