namespace Kodama;

/// <summary>A hub's policy, in the order in which it is asked. Read once, when the hub is made.</summary>
/// <remarks>Methods add one rule each, behind those that are there, and answer the same object, so that they can be chained.</remarks>
public sealed partial class HubRules
{
    /// <summary>Who may stay.</summary>
    public IList<IPeerValidator> Validators { get; } = [];

    /// <summary>Who may do what in a room.</summary>
    public IList<IRoomRule> RoomRules { get; } = [];

    /// <summary>What may be said.</summary>
    public IList<IMessageFilter> Filters { get; } = [];

    /// <summary>Who is told.</summary>
    public IList<IConnectionEvents> Events { get; } = [];

    private HubRules Add(IPeerValidator validator)
    {
        Validators.Add(validator);
        return this;
    }

    private HubRules Add(IRoomRule rule)
    {
        RoomRules.Add(rule);
        return this;
    }

    private HubRules Add(IMessageFilter filter)
    {
        Filters.Add(filter);
        return this;
    }

    private HubRules Add(IConnectionEvents events)
    {
        Events.Add(events);
        return this;
    }
}
