using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    private static readonly TimeSpan ConnectionsAfterPeers = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;
    private readonly TlsPorts tlsPorts;
    private readonly TransportTls? tls;
    private readonly HubCertificates? certificates;
    private bool asked;
    private bool started;
    private bool disposed;

    /// <summary>A server that has not started.</summary>
    /// <param name="options">
    /// What the hub is to be. Read once, here, and completed: with the name, and with the authenticators and rules that
    /// <paramref name="configure"/> registers as services. So every server takes options of its own.
    /// </param>
    /// <param name="configure">For those who do know ASP.NET Core: logging, endpoints, further services.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public KodamaServer(KodamaOptions? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        options ??= new KodamaOptions();
        options.Validate();
        // Nothing of the surroundings: no appsettings.json of someone else, no file watcher, no hand on the program's Ctrl-C.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Bound);
        var authority = options.FindAuthority();
        tlsPorts = authority is null ? new TlsPorts() : new TlsPorts { Covers = HubAuthority.Permits };
        builder.Services.AddSingleton(tlsPorts);
        if (authority is not null) tls = new TransportTls(_ => certificates!.Current) { AllowsPlain = true };
        else if (options.FindHttps() is { } https) tls = new TransportTls(https) { AllowsPlain = true };
        builder.Services.AddSingleton(services => KodamaServiceCollectionExtensions.Complete(options, services));
        // Peers have had their time when the server is asked to stop; connections that outlast them (HTTP/2) are cut soon after.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout + ConnectionsAfterPeers);
        if (options.Www is { } www)
        {
            var folder = WwwFolder.Open(www);
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<WwwFolder>(services, folder));
        }
        builder.Services.AddKodama();
        builder.Services.AddSingleton<MetricsEndpoint>();
        configure?.Invoke(builder);
        app = builder.Build();
        if (tls is not null)
        {
            var plain = new PlainHttp(app.Services.GetRequiredService<RequestGuard>(), tlsPorts, options.PlainHttp, authority is not null);
            app.Use(plain.Before);
        }
        app.Use(new UnknownPath(app.Services.GetRequiredService<RequestGuard>(), app.Services.GetService<WwwFolder>()).Before);
        app.MapKodama();
        app.Services.GetRequiredService<MetricsEndpoint>().Map(app);
        Hub = app.Services.GetRequiredService<Hub>();
        if (authority is null) return;
        ActivatorUtilities.CreateInstance<TrustEndpoints>(app.Services, authority).Map(app);
        Pairing = new HubPairing(authority.Fingerprint, app.Services.GetRequiredService<TimeProvider>());
        ActivatorUtilities.CreateInstance<PairingEndpoint>(app.Services, Pairing).Map(app);
        certificates = new HubCertificates(
            authority, HubCertificates.NamesOf(Hub.Id, options.Name!), HubCertificates.OfMachine,
            app.Services.GetRequiredService<TimeProvider>(), app.Services.GetRequiredService<ILogger<HubCertificates>>());
    }

    /// <summary>The hub: to send, to list, to watch. There before the start and after the stop.</summary>
    public Hub Hub { get; }

    /// <summary>Pairs devices by six digits, where the hub has an authority of its own; else null.</summary>
    public HubPairing? Pairing { get; }

    /// <summary>Bytes held now of messages and bodies that are not whole yet, or are being handled.</summary>
    /// <seealso cref="KodamaOptions.MaxIncomingBytes"/>
    public long IncomingBytes => app.Services.GetRequiredService<IncomingBounds>().Budget.Held;

    /// <summary>Where further endpoints can be mapped before the start: <c>server.Endpoints.MapWebSocket("/echo", ...)</c>.</summary>
    public IEndpointRouteBuilder Endpoints => app;

    /// <summary>The URLs at which it can be reached, the best one for another device first. Empty until the start has succeeded.</summary>
    public IReadOnlyList<string> Addresses => started ? app.Services.GetRequiredService<HubAddresses>().All() : [];

    /// <summary>Starts to listen, with https if <c>KodamaOptions.UseHttps</c> was called. Once: who fails or stops makes a new
    /// server.</summary>
    /// <param name="host"><c>0.0.0.0</c> or <c>[::]</c> for the whole network, <c>localhost</c> for this machine.</param>
    /// <param name="port">0 to 65535; 0 takes a free one, see <see cref="Addresses"/>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ArgumentException"><paramref name="host"/> or <paramref name="port"/> can be no address to listen on.</exception>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    /// <exception cref="InvalidOperationException">It has been started before, with or without success.</exception>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(string host = "0.0.0.0", int port = 8080, CancellationToken cancellationToken = default)
    {
        if (asked)
        {
            throw new InvalidOperationException(started
                ? "The server has been started already, and cannot be started again, stopped or not: make a new one."
                : "The start of this server has failed, and it cannot be started again: dispose it, and make a new one.");
        }
        var endPoint = EndPoint(host, port);
        if (tls is not null) tlsPorts.Add(endPoint, host == "localhost", tls);
        // With TLS too, which is the transport's.
        var name = host == "localhost" ? string.Create(CultureInfo.InvariantCulture, $"{host}:{port}") : endPoint.ToString();
        app.Urls.Add($"http://{name}");
        asked = true;
        try
        {
            await app.StartAsync(cancellationToken);
            started = true;
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen on {host}, port {port}: {exception.Message}", exception);
        }
    }

    /// <summary>Says goodbye to every peer, after what waits for it, and stops.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => asked ? app.StopAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// For programs that do nothing but serve: waits for Ctrl-C, SIGTERM or the token, and then stops the server; peers get what waits for
    /// them and a goodbye. Ends when the server has stopped.
    /// </summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken = default)
    {
        var shutdown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var cancelled = cancellationToken.Register(() => shutdown.TrySetResult());
        await shutdown.Task;
        await StopAsync(CancellationToken.None);

        void Ask(PosixSignalContext signal)
        {
            // The process ends when the program does, not here.
            signal.Cancel = true;
            shutdown.TrySetResult();
        }
    }

    /// <summary>Stops, if that was not done, and lets everything go. Does nothing the second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        await StopAsync();
        await app.DisposeAsync();
        certificates?.Dispose();
    }

    // Kestrel takes a name that it cannot parse for the wildcard, and would open a mistyped address to the whole network.
    private static IPEndPoint EndPoint(string host, int port)
    {
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
            throw new ArgumentException($"{port} is not a port: take one from 0 to 65535.");
        if (host == "localhost")
        {
            return port != 0
                ? new IPEndPoint(IPAddress.Loopback, port)
                : throw new ArgumentException("A free port (0) needs one address, and localhost has two: take 127.0.0.1 or [::1].");
        }
        return IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, port)
            : throw new ArgumentException($"\"{host}\" is not an address to listen on: "
                + "take an IP address of this machine, 0.0.0.0 for the whole network, or localhost.");
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
