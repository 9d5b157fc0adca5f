using System.Globalization;
using System.Text;
using Kodama.Server;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>An Engine.IO server: HTTP and WebSocket requests of one path become sessions. What <c>io.engine</c> is in node
/// (<see cref="SocketIOServer.Engine"/>), or a server of its own (<c>MapEngineIO</c>). Thread-safe.</summary>
public sealed class EngineServer
{
    private readonly IServiceProvider services;
    private Action<ConnectionError>? refused;
    private Action<HttpContext>? initialHeaders;
    private Action<HttpContext>? headers;

    /// <summary>A server that is not mapped yet. <paramref name="accept"/> makes the layer above a session, to which nothing is told before
    /// this returns. It must not close the session: its handler may, later.</summary>
    internal EngineServer(EngineOptions options, IServiceProvider services, Func<EngineSession, IEngineHandler> accept)
    {
        options.Validate();
        this.services = services;
        Accept = accept;
        Options = options;
        Time = services.GetRequiredService<TimeProvider>();
        Logger = services.GetRequiredService<ILogger<EngineServer>>();
        Connections = services.GetRequiredService<WebSocketConnections>();
        Metrics = services.GetRequiredService<KodamaMetrics>();
        Incoming = services.GetRequiredService<IncomingBounds>();
        ReaderOptions = Incoming.Reader(options.MaxHttpBufferSize);
        ConnectionOptions = Incoming.Connection(pings: false);
        Sessions = new SessionRegistry(options, Time, Logger);
        // As long as the server: nothing to take back.
        Connections.Stopping.Register(static sessions => ((SessionRegistry)sessions!).Stop(), Sessions);
    }

    /// <summary>Sessions that have not ended.</summary>
    public int SessionCount => Sessions.Count;

    /// <summary>For what ASP.NET Core can say of an endpoint, such as <c>RequireAuthorization()</c>.</summary>
    public IEndpointConventionBuilder Endpoint { get; private set; } = null!;

    internal Func<EngineSession, IEngineHandler> Accept { get; }
    internal EngineOptions Options { get; }
    internal TimeProvider Time { get; }
    internal ILogger Logger { get; }
    internal WebSocketConnections Connections { get; }
    internal KodamaMetrics Metrics { get; }
    internal IncomingBounds Incoming { get; }
    internal MessageReaderOptions ReaderOptions { get; }
    internal ConnectionOptions ConnectionOptions { get; }
    internal SessionRegistry Sessions { get; }

    /// <summary>Told of each request that is refused, before it is answered: node's <c>connection_error</c>. Handlers run on the requests'
    /// threads, side by side; what they throw is logged.</summary>
    public EngineServer OnConnectionError(Action<ConnectionError> handler)
    {
        refused += handler;
        return this;
    }

    /// <summary>Sets headers of the answer to a client's first request, the open packet or the 101, such as cookies: node's
    /// <c>initial_headers</c>. Called before <see cref="OnHeaders"/>, behind the <see cref="EngineOptions.Cookie"/>. As
    /// <see cref="OnConnectionError"/>.</summary>
    public EngineServer OnInitialHeaders(Action<HttpContext> handler)
    {
        initialHeaders += handler;
        return this;
    }

    /// <summary>Sets headers of each answer that is no refusal, of polling and the 101 of WebSockets: node's <c>headers</c>. As
    /// <see cref="OnConnectionError"/>.</summary>
    public EngineServer OnHeaders(Action<HttpContext> handler)
    {
        headers += handler;
        return this;
    }

    internal EngineServer Map(IEndpointRouteBuilder endpoints)
    {
        var guard = services.GetRequiredService<RequestGuard>();
        var group = endpoints.MapGroup(Options.Path.TrimEnd('/')).DisableCookieRedirect();
        // An endpoint of the hub: its own answers stand, and a handshake does not stay in the middleware before it.
        group.WithMetadata(new KodamaPrefix(""));
        services.GetRequiredService<ClientFaults>().Guard(group);
        group.Map("/", ActivatorUtilities.CreateInstance<EngineEndpoint>(services, this).HandleAsync);
        RequestDelegate scripts = context => ClientScripts.WriteAsync(context, Options.Cors, guard);
        if (Options.ServeClient) group.MapMethods("/{file}", [HttpMethods.Get, HttpMethods.Head], scripts);
        Endpoint = group;
        return this;
    }

    /// <summary>The frames that a session begins with: the open packet, its members in node's order, and the initial one.</summary>
    internal byte[] OpenFrames(EngineSession session)
    {
        var canUpgrade = session.Transport == EngineTransport.Polling && Options is { AllowUpgrades: true, WebSockets: true };
        var upgrades = canUpgrade ? "\"websocket\"" : "";
        var open = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"sid":"{{session.Id}}","upgrades":[{{upgrades}}],"pingInterval":{{(long)Options.PingInterval.TotalMilliseconds}}"""
                + $$""","pingTimeout":{{(long)Options.PingTimeout.TotalMilliseconds}},"maxPayload":{{Options.MaxHttpBufferSize}}}""");
        byte[] frames = EnginePacketWriter.Frame(EnginePacketType.Open, Encoding.UTF8.GetBytes(open));
        return Options.InitialPacket is { Length: > 0 } initial
            ? [.. frames, .. EnginePacketWriter.Frame(EnginePacketType.Message, Encoding.UTF8.GetBytes(initial))]
            : frames;
    }

    internal void TellRefused(HttpContext context, Refusal refusal) => Tell(refused, refusal.ToError(context));
    internal void TellInitialHeaders(HttpContext context) => Tell(initialHeaders, context);
    internal void TellHeaders(HttpContext context) => Tell(headers, context);

    private void Tell<T>(Action<T>? handlers, T? happened)
    {
        try
        {
            if (happened is not null) handlers?.Invoke(happened);
        }
        catch (Exception exception)
        {
            EngineLog.EventFailed(Logger, exception);
        }
    }
}
