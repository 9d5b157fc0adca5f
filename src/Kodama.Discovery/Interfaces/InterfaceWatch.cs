namespace Kodama.Discovery;

/// <summary>
/// Looks at the interfaces from time to time, without sockets: says when others are used than before, or the machine has slept. What cannot
/// be listed is as it was.
/// </summary>
internal sealed class InterfaceWatch(Func<IReadOnlyList<LocalInterface>> list, Action<DiscoveryError> failed, TimeProvider time)
{
    // More than a busy machine is late.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(10);

    private DateTimeOffset lastTime = time.GetUtcNow();

    public IReadOnlyList<LocalInterface> Last { get; private set; } = [];

    public IReadOnlyList<LocalInterface> Look()
    {
        try
        {
            Last = list();
        }
        catch (Exception exception)
        {
            failed(new DiscoveryError(
                $"The network interfaces cannot be listed: {exception.Message}. Those that were known before are used.", exception));
        }
        return Last;
    }

    /// <summary>Whether anything has changed since it was last looked at, which was to be an interval ago.</summary>
    public bool HasChanged(TimeSpan interval)
    {
        var (before, then) = (Last, lastTime);
        lastTime = time.GetUtcNow();
        return !IsSame(before, Look()) || (lastTime - then - interval).Duration() > Sleep;
    }

    private static bool IsSame(IReadOnlyList<LocalInterface> left, IReadOnlyList<LocalInterface> right) =>
        left.Where(i => i.IsUsed).SelectMany(Parts).SequenceEqual(right.Where(i => i.IsUsed).SelectMany(Parts));

    private static IEnumerable<(int, LocalAddress)> Parts(LocalInterface local) => local.Addresses.Select(a => (local.Index, a));
}
