using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Lets the hub be found while its application runs, and stops it gracefully with it: the network hears that it goes, then peers
/// get 1001 after what waits for them, and have a deadline to say goodbye.</summary>
/// <remarks>Before the server stops, which listens until then (<c>/health</c> says what happens) and waits for requests that last as long
/// as their peers.</remarks>
internal sealed class HubLifetime : IHostedLifecycleService
{
    private readonly Hub hub;
    private readonly WebSocketConnections connections;
    private readonly HubAdvertising advertising;
    private readonly HubNeighbours neighbours;
    private readonly RequestGuard guard;
    private readonly KodamaOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    public HubLifetime(
        Hub hub, WebSocketConnections connections, HubAdvertising advertising, HubNeighbours neighbours, SharedRevocations revocations,
        RequestGuard guard, KodamaOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<HubLifetime> logger)
    {
        this.hub = hub;
        this.connections = connections;
        this.advertising = advertising;
        this.neighbours = neighbours;
        // Begins by being there.
        _ = revocations;
        this.guard = guard;
        this.options = options;
        this.time = time;
        this.logger = logger;
        // Whoever stops the application need not do it through its host.
        lifetime.ApplicationStopping.Register(() => _ = LeaveAsync());
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (guard.Authenticator is null) ServerLog.AnyoneCanJoin(logger);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        neighbours.Start();
        advertising.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(LeaveAsync(), connections.WhenEmptyAsync())
            .WaitAsync(options.StopTimeout, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connections.Count == 0) return;
        ServerLog.StopTimedOut(logger, connections.Count, options.StopTimeout);
        connections.Abort();
    }

    private Task LeaveAsync()
    {
        // The network first: whoever loses this hub looks for another, and must not find it again.
        var goodbye = advertising.StopAsync();
        neighbours.Stop();
        if (!hub.IsStopping) hub.Stop();
        connections.Stop();
        return goodbye;
    }
}
