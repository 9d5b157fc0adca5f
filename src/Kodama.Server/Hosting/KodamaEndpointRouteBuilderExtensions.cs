using System.Diagnostics.CodeAnalysis;
using Kodama.Server;
using Kodama.Server.Console;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a hub's endpoints.</summary>
public static class KodamaEndpointRouteBuilderExtensions
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] ReadApi = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Options];
    private static readonly string[] Publish = [HttpMethods.Post, HttpMethods.Options];
    private static readonly string[] Put = [HttpMethods.Put];
    private static readonly string[] Delete = [HttpMethods.Delete];

    /// <summary>
    /// Maps the doors, the API and the console of the hub that <c>AddKodama</c> added (docs/specs/http.md), at the root or under a prefix
    /// such as <c>/realtime</c>. What is said of the answer, such as <c>RequireAuthorization()</c>, holds for all of them.
    /// </summary>
    public static IEndpointConventionBuilder MapKodama(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        var services = endpoints.ServiceProvider;
        if (services.GetService<Kodama.Hub>() is null)
            throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before app.MapKodama().");
        if (prefix.Length > 0 && prefix[0] != '/')
        {
            throw new ArgumentException(
                $"\"{prefix}\" is not a path prefix: it must begin with a slash, such as /realtime.", nameof(prefix));
        }
        var guard = services.GetRequiredService<RequestGuard>();
        var hub = services.GetRequiredService<HubEndpoints>();
        var rooms = services.GetRequiredService<RoomEndpoints>();
        var console = services.GetRequiredService<ConsoleAssets>();

        var group = endpoints.MapGroup(prefix);
        group.WithMetadata(new KodamaPrefix(prefix.TrimEnd('/')));
        services.GetRequiredService<ClientFaults>().Guard(group);
        // A program that must log in gets 401, where a person is led to the application's login page.
        var api = group.MapGroup("").DisableCookieRedirect();
        foreach (var door in services.GetServices<IDoor>()) door.Map(api);
        var root = guard.Open(hub.RootAsync);
        var atRoot = services.GetServices<IDoor>().OfType<IRootDoor>().SingleOrDefault();
        group.MapMethods("/", Read, context =>
            atRoot is not null && UpgradeRequest.NamesWebSocket(context.Request) ? atRoot.AcceptAsync(context) : root(context));
        group.MapMethods($"/assets/{{**{ConsoleAssets.PathParameter}}}", Read, guard.Open(hub.AssetAsync));
        group.MapMethods(ConsoleAssets.Path, Read, guard.Open(console.WriteNamedAsync));
        var client = services.GetRequiredService<ClientFiles>();
        foreach (var name in ClientFiles.Names) group.MapMethods($"/{name}", Read, guard.Open(context => client.WriteAsync(context, name)));
        api.MapMethods("/health", Read, guard.Open(hub.HealthAsync));
        api.MapMethods("/api/hub", ReadApi, guard.PublicApi(hub.InfoAsync));
        api.MapMethods("/api/cluster", ReadApi, guard.Api(rooms.ClusterAsync));
        api.MapMethods("/api/rooms", ReadApi, guard.Api(rooms.RoomsAsync));
        api.MapMethods("/api/peers", ReadApi, guard.Api(rooms.PeersAsync));
        api.MapMethods("/api/stats", ReadApi, guard.Api(services.GetRequiredService<StatsEndpoint>().HandleAsync));
        api.MapMethods("/api/events", ReadApi, guard.Stream(services.GetRequiredService<EventStream>().WriteAsync));
        services.GetRequiredService<AdminEndpoints>().Map(api);
        services.GetRequiredService<TokenEndpoints>().Map(api);
        MapRoom(api.MapGroup($"/api/rooms/{{{RequestedRoom.Parameter}}}"), services, guard);
        return group;
    }

    private static void MapRoom(IEndpointRouteBuilder room, IServiceProvider services, RequestGuard guard)
    {
        var state = services.GetRequiredService<StateEndpoint>();
        room.MapMethods("/messages", Read, guard.Api(services.GetRequiredService<HistoryEndpoint>().HandleAsync));
        room.MapMethods("/messages", Publish, guard.Api(services.GetRequiredService<PublishEndpoint>().HandleAsync));
        room.MapMethods("/presence", ReadApi, guard.Api(services.GetRequiredService<RoomEndpoints>().PresenceAsync));
        room.MapMethods("/state", ReadApi, guard.Api(state.ListAsync));
        room.MapMethods($"/state/{{{StateEndpoint.KeyParameter}}}", ReadApi, guard.Api(state.GetAsync));
        room.MapMethods($"/state/{{{StateEndpoint.KeyParameter}}}", Put, guard.Api(state.PutAsync));
        room.MapMethods($"/state/{{{StateEndpoint.KeyParameter}}}", Delete, guard.Api(state.DeleteAsync));
    }

    /// <summary>
    /// Maps a WebSocket of the application's own: <paramref name="handler"/> gets each that is opened as a stream to
    /// read and a sink to write. Its end closes with 1000, an exception with 1011. <c>Host</c> and <c>Origin</c> are checked;
    /// authentication is ASP.NET Core's, as <c>RequireAuthorization()</c>. A channel is in no room of the hub unless it joins one.
    /// </summary>
    public static IEndpointConventionBuilder MapWebSocket(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Func<WebSocketChannel, Task> handler,
        Action<WebSocketChannelOptions>? configure = null)
    {
        var options = new WebSocketChannelOptions();
        configure?.Invoke(options);
        if (options.MaxUnread < 1)
            throw new ArgumentException($"MaxUnread is {options.MaxUnread}; it must be at least 1.", nameof(configure));
        if (options.MaxUnreadBytes < 1)
            throw new ArgumentException($"MaxUnreadBytes is {options.MaxUnreadBytes}; it must be at least 1.", nameof(configure));
        if (options.MaxUnsentBytes < 1)
            throw new ArgumentException($"MaxUnsentBytes is {options.MaxUnsentBytes}; it must be at least 1.", nameof(configure));
        if (options.MaxMessageSize < 1)
            throw new ArgumentException($"MaxMessageSize is {options.MaxMessageSize}; it must be at least 1.", nameof(configure));
        var services = endpoints.ServiceProvider;
        if (services.GetService<Kodama.Hub>() is null)
            throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before app.MapWebSocket().");
        var route = endpoints.Map(pattern, ActivatorUtilities.CreateInstance<WebSocketRoute>(services, handler, options).HandleAsync);
        services.GetRequiredService<ClientFaults>().Guard(route);
        return route;
    }
}
