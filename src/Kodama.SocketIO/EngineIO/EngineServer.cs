using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Kodama.SocketIO;

/// <summary>An Engine.IO server: HTTP and WebSocket requests of one path become sessions.</summary>
internal sealed class EngineServer
{
    private readonly IServiceProvider services;

    /// <summary>A server that is not mapped yet.</summary>
    /// <param name="options">Read now.</param>
    /// <param name="services">The application's, with a hub.</param>
    /// <param name="accept">Makes the layer above a session; told nothing before it returns. Its <see cref="EngineSession.Close"/> refuses the session.</param>
    public EngineServer(EngineOptions options, IServiceProvider services, Func<EngineSession, IEngineHandler> accept)
    {
        options.Validate();
        this.services = services;
        _ = accept;
    }

    /// <summary>Whether <see cref="HandshakeRequest.Headers"/> are kept for sessions that come from now on. Default false: an idle session is small.</summary>
    public bool KeepsHeaders { get; set; }

    /// <summary>Sessions that have not ended.</summary>
    public int Count { get; }

    /// <summary>Maps the path, and the client's scripts under it.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints) => services is null ? throw new InvalidOperationException() : endpoints.MapGroup("");
}
