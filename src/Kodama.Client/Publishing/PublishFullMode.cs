namespace Kodama.Client;

/// <summary>What happens to one more when as much as may waits to be acknowledged.</summary>
public enum PublishFullMode
{
    /// <summary>Its call waits until there is room.</summary>
    Wait,

    /// <summary>Its call throws <see cref="PublishQueueFullException"/>.</summary>
    Throw,
}
