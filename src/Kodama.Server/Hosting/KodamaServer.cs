using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>A hub with a server of its own, for programs that are not ASP.NET Core applications.</summary>
/// <example>
/// <code>
/// await using var server = new KodamaServer(new() { Echo = false, Details = { ["roomName"] = "Developer Lounge" } });
/// await server.StartAsync("0.0.0.0", 8080);
/// </code>
/// </example>
public sealed class KodamaServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private bool started;

    /// <summary>A server that has not started.</summary>
    /// <param name="options">What the hub is to be; not changed by anyone afterwards.</param>
    /// <param name="configure">For those who do know ASP.NET Core: logging, TLS, further services.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public KodamaServer(KodamaOptions? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        options ??= new KodamaOptions();
        options.Validate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(services => KodamaServiceCollectionExtensions.Complete(options, services));
        builder.Services.AddKodama();
        configure?.Invoke(builder);
        app = builder.Build();
        app.MapKodama();
        Hub = app.Services.GetRequiredService<Hub>();
    }

    /// <summary>The hub: to send, to list, to watch. There before the start and after the stop.</summary>
    public Hub Hub { get; }

    /// <summary>The URLs at which it can be reached, the best one for another device first. Empty before the start.</summary>
    public IReadOnlyList<string> Addresses => started ? app.Services.GetRequiredService<HubAddresses>().All() : [];

    /// <summary>Starts to listen.</summary>
    /// <param name="host"><c>0.0.0.0</c> or <c>[::]</c> for the whole network, <c>localhost</c> for this machine.</param>
    /// <param name="port">0 to 65535; 0 takes a free one, see <see cref="Addresses"/>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    public async Task StartAsync(string host = "0.0.0.0", int port = 8080, CancellationToken cancellationToken = default)
    {
        if (started) throw new InvalidOperationException("The server has been started already; a stopped one cannot start again, make a new one.");
        started = true;
        app.Urls.Add(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}"));
        await app.StartAsync(cancellationToken);
    }

    /// <summary>Says goodbye to every peer, after what waits for it, and stops.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => started ? app.StopAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Stops, if that was not done, and lets everything go.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await app.DisposeAsync();
    }
}
