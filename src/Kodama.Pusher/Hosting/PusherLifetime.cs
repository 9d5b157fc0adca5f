using Microsoft.Extensions.Hosting;

namespace Kodama.Pusher;

/// <summary>What the door does by itself while the application runs: counts, webhooks, and the end of what was cached.</summary>
internal sealed class PusherLifetime(PusherHub door) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (door.Apps.All.Length == 0) PusherLog.NoApps(door.Logger);
        using var expiring = door.Time.CreateTimer(_ => Expire(), null, Interval, Interval);
        await Task.WhenAll(door.Counts.RunAsync(stoppingToken), door.Webhooks.RunAsync(stoppingToken));
    }

    // On a timer's thread an exception would end the process.
    private void Expire()
    {
        try
        {
            door.Cache.Expire();
        }
        catch (Exception exception)
        {
            PusherLog.NotExpired(door.Logger, exception);
        }
    }
}
