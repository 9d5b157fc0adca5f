namespace Kodama.Core.Tests;

internal static class WatcherReading
{
    /// <summary>Stops the watcher and reads what it had.</summary>
    public static async Task<List<HubEvent>> ReadToEndAsync(this HubWatcher watcher)
    {
        watcher.Dispose();
        var events = new List<HubEvent>();
        await foreach (var happened in watcher) events.Add(happened);
        return events;
    }
}
