using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Stops the hub gracefully with its application: peers get 1001 after what waits for them, and have a deadline to say goodbye.</summary>
internal sealed class HubLifetime : IHostedService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Hub hub;
    private readonly WebSocketDoor door;
    private readonly RequestGuard guard;
    private readonly KodamaOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    public HubLifetime(Hub hub, WebSocketDoor door, RequestGuard guard, KodamaOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<HubLifetime> logger)
    {
        this.hub = hub;
        this.door = door;
        this.guard = guard;
        this.options = options;
        this.time = time;
        this.logger = logger;
        // At once, so that the server, which waits for requests that last as long as their peers, does not wait in vain.
        lifetime.ApplicationStopping.Register(() => hub.Stop());
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (guard.Authenticator is null) ServerLog.AnyoneCanJoin(logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!hub.IsStopping) hub.Stop();
        using var deadline = new CancellationTokenSource(options.StopTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (door.ConnectionCount > 0 && !either.IsCancellationRequested)
        {
            await Task.Delay(PollInterval, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (door.ConnectionCount == 0) return;
        ServerLog.StopTimedOut(logger, door.ConnectionCount, options.StopTimeout);
        door.Abort();
    }
}
