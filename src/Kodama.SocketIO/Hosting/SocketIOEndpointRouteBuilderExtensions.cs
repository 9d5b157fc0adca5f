using Kodama;
using Kodama.Server;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

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
    public static SocketIOServer MapSocketIO(this IEndpointRouteBuilder endpoints, Action<SocketIOOptions>? configure = null)
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetService<Hub>()
            ?? throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before app.MapSocketIO().");
        var options = new SocketIOOptions();
        configure?.Invoke(options);
        var server = new SocketIOServer(
            hub, options, services.GetRequiredService<KodamaOptions>().DefaultRoom, services.GetRequiredService<ILogger<SocketIOServer>>());
        server.Engine = new EngineServer(options, services, server.Accept).Map(endpoints);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(server.Dispose);
        return server;
    }
}
