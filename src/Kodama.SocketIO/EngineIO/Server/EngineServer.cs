using System.Text;
using Kodama.Server;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>An Engine.IO server: HTTP and WebSocket requests of one path become sessions. What they share.</summary>
internal sealed class EngineServer
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    private readonly Func<EngineSession, IEngineHandler> accept;
    private readonly IServiceProvider services;
    private readonly byte[] initialPacket;

    /// <summary>A server that is not mapped yet.</summary>
    /// <param name="options">Read now.</param>
    /// <param name="services">The application's, with a hub.</param>
    /// <param name="accept">
    /// Makes the layer above a session; nothing is told to it before this returns, and nothing comes in. It must not close the session: its
    /// handler may, later.
    /// </param>
    public EngineServer(EngineOptions options, IServiceProvider services, Func<EngineSession, IEngineHandler> accept)
    {
        options.Validate();
        this.accept = accept;
        this.services = services;
        Options = options;
        Time = services.GetRequiredService<TimeProvider>();
        Logger = services.GetRequiredService<ILogger<EngineServer>>();
        Connections = services.GetRequiredService<WebSocketConnections>();
        Metrics = services.GetRequiredService<KodamaMetrics>();
        Incoming = services.GetRequiredService<IncomingBounds>();
        ReaderOptions = Incoming.Reader(options.MaxHttpBufferSize);
        ConnectionOptions = Incoming.Connection(pings: false);
        Times = new SessionTimes(options);
        Sessions = new SessionRegistry(options.MaxSessions, options.SessionsPerAddress, Times, Time, Logger);
        initialPacket = Encoding.UTF8.GetBytes(options.InitialPacket ?? "");
        // As long as the server: nothing to take back.
        Connections.Stopping.Register(static sessions => ((SessionRegistry)sessions!).Stop(), Sessions);
    }

    /// <summary>Whether <see cref="HandshakeRequest.Headers"/> are kept for sessions that come from now on. Default false: an idle session
    /// is small.</summary>
    public bool KeepsHeaders { get; set; }

    /// <summary>Told of each refused request, before it is answered: node's <c>connection_error</c>. Any thread.</summary>
    public Action<HttpContext, Refusal>? OnRefused { get; set; }

    /// <summary>Sessions that have not ended.</summary>
    public int Count => Sessions.Count;

    internal EngineOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal WebSocketConnections Connections { get; }

    internal KodamaMetrics Metrics { get; }

    internal MessageReaderOptions ReaderOptions { get; }

    internal ConnectionOptions ConnectionOptions { get; }

    internal SessionTimes Times { get; }

    internal SessionRegistry Sessions { get; }

    internal IncomingBounds Incoming { get; }

    /// <summary>Maps the path, and the client's scripts under it.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints)
    {
        var path = Options.Path.TrimEnd('/');
        var cors = new CorsAnswer(Options.Cors, services.GetRequiredService<RequestGuard>());
        var group = endpoints.MapGroup(path).DisableCookieRedirect();
        // An endpoint of the hub: its own answers stand, and a handshake does not stay in the middleware before it.
        group.WithMetadata(new KodamaPrefix(""));
        services.GetRequiredService<ClientFaults>().Guard(group);
        group.Map("/", ActivatorUtilities.CreateInstance<EngineEndpoint>(services, this, cors).HandleAsync);
        if (Options.ServeClient)
        {
            group.MapMethods(
                $"/{{{ClientScripts.FileParameter}}}", Read, ActivatorUtilities.CreateInstance<ClientScripts>(services, cors).WriteAsync);
        }
        return group;
    }

    internal IEngineHandler Accept(LiveSession session)
    {
        EngineLog.Began(Logger, session.Handshake.RemoteAddress, session.Transport.Name());
        return accept(session);
    }

    internal byte[] OpenFrames(string sid, EngineTransport transport)
    {
        var upgrades = transport == EngineTransport.Polling && Options.AllowUpgrades && Options.WebSockets;
        return ControlFrames.Open(
            new EngineHandshake(sid, upgrades, Options.PingInterval, Options.PingTimeout, Options.MaxHttpBufferSize), initialPacket);
    }
}
