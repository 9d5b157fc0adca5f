using Microsoft.Extensions.Hosting;

namespace Kodama.Ably;

/// <summary>What the door does by itself while the application runs: heartbeats, occupancies that have changed, and what other hubs know
/// of tokens.</summary>
internal sealed class AblyLifetime(AblyHub door) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (door.Options.Sandbox) AblyLog.SandboxOpen(door.Logger);
        else if (door.Apps.Count == 0) AblyLog.NoKeys(door.Logger);
        using var timer = new PeriodicTimer(Tick, door.Time);
        // Some of the clients each time, so that not all are told at once.
        var groups = Math.Max(1, (int)(door.Options.MaxIdle / Tick * 2 / 3));
        try
        {
            await door.Others.LearnRevocationsAsync();
            for (var turn = 0; await timer.WaitForNextTickAsync(stoppingToken); turn = (turn + 1) % groups)
            {
                await DoAsync(turn, groups);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async ValueTask DoAsync(int turn, int groups)
    {
        try
        {
            foreach (var client in door.Clients)
            {
                if ((uint)client.GetHashCode() % (uint)groups == turn) client.Beat();
            }
            await door.Occupancies.TellAsync();
            // What was told while one could not be reached was not heard.
            if (turn == 0) await door.Others.LearnRevocationsAsync();
        }
        catch (Exception exception)
        {
            AblyLog.TickFailed(door.Logger, exception);
        }
    }
}
