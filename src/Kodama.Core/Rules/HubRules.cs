namespace Kodama;

/// <summary>A hub's policy, in the order in which it is asked.</summary>
public sealed class HubRules
{
    /// <summary>Who may stay.</summary>
    public IList<IPeerValidator> Validators { get; } = [];

    /// <summary>What may be said.</summary>
    public IList<IMessageFilter> Filters { get; } = [];

    /// <summary>Who is told.</summary>
    public IList<IConnectionEvents> Events { get; } = [];
}
