using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
    private static readonly TimeSpan ConnectionsAfterPeers = TimeSpan.FromSeconds(2);

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
        // Nothing of the surroundings: no appsettings.json of someone else, no file watcher, no hand on the program's Ctrl-C.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Bound);
        builder.Services.AddSingleton(services => KodamaServiceCollectionExtensions.Complete(options, services));
        // Peers have had their time when the server is asked to stop; connections that outlast them (HTTP/2) are cut soon after.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout + ConnectionsAfterPeers);
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
    /// <exception cref="ArgumentException"><paramref name="host"/> or <paramref name="port"/> can be no address to listen on.</exception>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    public async Task StartAsync(string host = "0.0.0.0", int port = 8080, CancellationToken cancellationToken = default)
    {
        if (started) throw new InvalidOperationException("The server has been started already; a stopped one cannot start again, make a new one.");
        app.Urls.Add(Url(host, port));
        started = true;
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen on {host}, port {port}: {exception.Message}", exception);
        }
    }

    /// <summary>Says goodbye to every peer, after what waits for it, and stops.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => started ? app.StopAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Stops, if that was not done, and lets everything go.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await app.DisposeAsync();
    }

    // Kestrel takes a name that it cannot parse for the wildcard, and would open a mistyped address to the whole network.
    private static string Url(string host, int port)
    {
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort) throw new ArgumentException($"{port} is not a port: take one from 0 to 65535.");
        if (host == "localhost")
        {
            if (port == 0) throw new ArgumentException("A free port (0) needs one address, and localhost has two: take 127.0.0.1 or [::1].");
        }
        else if (IPAddress.TryParse(host, out var address))
        {
            host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        }
        else
        {
            throw new ArgumentException($"\"{host}\" is not an address to listen on: take an IP address of this machine, 0.0.0.0 for the whole network, or localhost.");
        }
        return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}");
    }

    // A handshake is one small request; who needs longer or more is not a client.
    private static void Bound(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
    }

    /// <summary>The program that embeds the server says when it ends.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
