using Kodama;
using Kodama.Server;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a Socket.IO server.</summary>
public static class SocketIOEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a Socket.IO server at <c>/socket.io/</c> whose sockets are peers of the hub that <c>AddKodama</c> added
    /// (docs/specs/socketio.md). What clients send goes to handlers; with <see cref="SocketIOOptions.Relay"/>, where there are none, to the
    /// others in the client's room.
    /// </summary>
    /// <exception cref="InvalidOperationException">No hub was added.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static SocketIOServer MapSocketIO(this IEndpointRouteBuilder endpoints, Action<SocketIOOptions>? configure = null) =>
        Map(endpoints, null, configure);

    /// <summary>
    /// Maps one of several Socket.IO servers, each with options, namespaces, handlers and sessions of its own. The first of them shares its
    /// rooms with the hub, the others have their own: <see cref="SocketIOOptions.SharesRooms"/>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where it is, and the name of its options, such as <c>/game</c>.</param>
    /// <param name="configure">Changes the options, after all that was added for them.</param>
    /// <exception cref="InvalidOperationException">No hub was added, or there is a server at this path.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static SocketIOServer MapSocketIO(
        this IEndpointRouteBuilder endpoints, string path, Action<SocketIOOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Map(endpoints, path, configure);
    }

    private static SocketIOServer Map(IEndpointRouteBuilder endpoints, string? path, Action<SocketIOOptions>? configure)
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetService<Hub>()
            ?? throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before app.MapSocketIO().");
        var options = services.GetRequiredService<IOptionsFactory<SocketIOOptions>>().Create(path?.TrimEnd('/') ?? Options.DefaultName);
        options.Path = path ?? options.Path;
        configure?.Invoke(options);
        var server = new SocketIOServer(
            hub, options, services.GetRequiredService<KodamaOptions>().DefaultRoom, services.GetRequiredService<ILogger<SocketIOServer>>());
        server.Engine = new EngineServer(options, services, server.Accept).Map(endpoints);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(server.Dispose);
        return server;
    }
}
