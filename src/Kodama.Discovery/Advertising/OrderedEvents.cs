namespace Kodama.Discovery;

/// <summary>Calls an application's handlers one after another, in order, on the thread pool: under no lock, and none can hold up the
/// network.</summary>
internal sealed class OrderedEvents(Action<DiscoveryError>? failed)
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;

    public void Fail(DiscoveryError error)
    {
        if (failed is not null) Post(() => failed(error));
    }

    /// <summary>A handler that throws is an error like another.</summary>
    public void Raise(Action handler) => Post(() =>
    {
        try
        {
            handler();
        }
        catch (Exception e)
        {
            failed?.Invoke(new DiscoveryError($"A handler of an event threw: {e.Message}", e));
        }
    });

    private void Post(Action action)
    {
        lock (gate) last = last.ContinueWith(_ => action(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
