using Kodama;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps an Engine.IO server without Socket.IO above it.</summary>
public static class EngineIOEndpointRouteBuilderExtensions
{
    /// <summary>Maps an Engine.IO server at <c>/engine.io/</c>: sessions that carry texts and bytes, over polling and WebSocket, and are no
    /// peers of the hub, whose bounds and guards they share.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="onConnection">Told of each client that has come; awaited before its first message. Runs on the thread pool.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="InvalidOperationException">No hub was added.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static EngineServer MapEngineIO(
        this IEndpointRouteBuilder endpoints, Func<EngineSocket, Task> onConnection, Action<EngineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(onConnection);
        var services = endpoints.ServiceProvider;
        var hub = services.GetService<Hub>()
            ?? throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before app.MapEngineIO().");
        var options = new EngineOptions { Path = "/engine.io", ServeClient = false };
        configure?.Invoke(options);
        EngineServer server = null!;
        server = new EngineServer(
            options, services,
            session => new EngineSocket(session, new Outbox(hub.Options.Outbox, hub.OutboxBudget), server.Logger, onConnection));
        return server.Map(endpoints);
    }

    /// <inheritdoc cref="MapEngineIO(IEndpointRouteBuilder, Func{EngineSocket, Task}, Action{EngineOptions}?)"/>
    public static EngineServer MapEngineIO(
        this IEndpointRouteBuilder endpoints, Action<EngineSocket> onConnection, Action<EngineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(onConnection);
        return endpoints.MapEngineIO(
            socket =>
            {
                onConnection(socket);
                return Task.CompletedTask;
            },
            configure);
    }
}
