using System.Diagnostics.CodeAnalysis;
using Kodama;
using Kodama.Server;
using Kodama.Server.Console;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a hub to an application.</summary>
public static class KodamaServiceCollectionExtensions
{
    /// <summary>
    /// Adds one hub, its doors and the transport that lets WebSockets leave Kestrel. Options come from section <c>Kodama</c> of the
    /// configuration (appsettings.json, environment, command line) and then from <paramref name="configure"/>. Registered <see
    /// cref="IAuthenticator"/>, <see cref="IPeerValidator"/>, <see cref="IRoomRule"/>, <see cref="IMessageFilter"/> and <see
    /// cref="IConnectionEvents"/> services come after those of the options. A registered <see cref="IEngine"/> keeps the rooms; it is
    /// disposed with the services, when the hub has stopped.
    /// </summary>
    public static IServiceCollection AddKodama(this IServiceCollection services, Action<KodamaOptions>? configure = null)
    {
        var options = services.AddOptions<KodamaOptions>();
        options.Configure<IServiceProvider>(
            (o, provider) => provider.GetService<IConfiguration>()?.GetSection(KodamaOptions.Section).Bind(o));
        if (configure is not null) options.Configure(configure);
        services.AddMetrics();
        services.AddRoutingCore();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateOptions);
        services.TryAddSingleton(CreateHub);
        services.TryAddSingleton<RefusalSummary>();
        services.TryAddSingleton<RefusalNotices>();
        services.TryAddSingleton<KodamaMetrics>();
        services.TryAddSingleton<IncomingBounds>();
        services.TryAddSingleton<OutgoingAnswers>();
        services.TryAddSingleton<ClientFaults>();
        services.TryAddSingleton<PersonTokens>();
        services.TryAddSingleton<AdminAccess>();
        services.TryAddSingleton<RequestGuard>();
        services.TryAddSingleton<WebSocketConnections>();
        services.TryAddSingleton<HandOver>();
        services.TryAddSingleton<WebSocketDoor>();
        services.TryAddSingleton<V1Door>();
        services.TryAddSingleton<RoomAccess>();
        services.AddKodamaDoor<WebSocketEndpoint>();
        services.AddKodamaDoor<SseEndpoint>();
        services.TryAddSingleton(provider => new DoorKit(
            provider.GetRequiredService<Hub>(), provider.GetRequiredService<RequestGuard>(), provider.GetRequiredService<HandOver>(),
            provider.GetRequiredService<WebSocketConnections>(), provider.GetRequiredService<IncomingBounds>(),
            provider.GetRequiredService<BodyReader>(), provider.GetRequiredService<KodamaMetrics>(),
            provider.GetRequiredService<KodamaOptions>(), provider.GetRequiredService<ILogger<DoorKit>>()));
        services.TryAddSingleton<RoomEndpoints>();
        services.TryAddSingleton<BodyReader>();
        services.TryAddSingleton<PublishEndpoint>();
        services.TryAddSingleton<HistoryEndpoint>();
        services.TryAddSingleton<StateEndpoint>();
        services.TryAddSingleton<AdminEndpoints>();
        services.TryAddSingleton<TokenEndpoints>();
        services.TryAddSingleton<RecentCounts>();
        services.TryAddSingleton<StatsEndpoint>();
        services.TryAddSingleton<EventStream>();
        services.TryAddSingleton<ConsoleAssets>();
        services.TryAddSingleton<ClientFiles>();
        services.TryAddSingleton<HubNeighbours>();
        services.TryAddSingleton<ClusterLists>();
        services.TryAddSingleton<SharedRevocations>();
        services.TryAddSingleton<HubAdvertising>();
        services.TryAddSingleton<HubEndpoints>();
        services.TryAddSingleton(provider => new HubAddresses(provider));
        services.TryAddSingleton<IDescriptors, ProcessDescriptors>();
        services.TryAddSingleton(provider => NewcomerLimits.Of(provider.GetRequiredService<KodamaOptions>()));
        services.TryAddSingleton<Intake>();
        services.TryAddSingleton<TlsPorts>();
        services.AddSingleton<IConnectionListenerFactory, DetachableTransportFactory>();
        services.AddHostedService<HubLifetime>();
        return services;
    }

    /// <summary>Adds a door of your own to the hub (docs/doors.md): <c>MapKodama</c> maps it beside the hub's own.</summary>
    public static IServiceCollection AddKodamaDoor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDoor>(
        this IServiceCollection services)
        where TDoor : class, IDoor
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDoor, TDoor>());
        return services;
    }

    private static Hub CreateHub(IServiceProvider services)
    {
        var (options, tokens) = (services.GetRequiredService<KodamaOptions>(), services.GetRequiredService<PersonTokens>());
        if (tokens.AreTaken)
        {
            options.Rules.Validators.Insert(0, tokens);
            options.Rules.RoomRules.Insert(0, tokens);
        }
        return new(
            options, options.Rules, services.GetRequiredService<TimeProvider>(), services.GetService<ILogger<Hub>>(),
            services.GetService<IEngine>());
    }

    private static KodamaOptions CreateOptions(IServiceProvider services) =>
        Complete(services.GetRequiredService<IOptions<KodamaOptions>>().Value, services);

    /// <summary>The options with the rules that are registered as services.</summary>
    internal static KodamaOptions Complete(KodamaOptions options, IServiceProvider services)
    {
        AddAll(options.Authenticators, services.GetServices<IAuthenticator>());
        AddAll(options.Rules.Validators, services.GetServices<IPeerValidator>());
        AddAll(options.Rules.RoomRules, services.GetServices<IRoomRule>());
        AddAll(options.Rules.Filters, services.GetServices<IMessageFilter>());
        AddAll(options.Rules.Events, services.GetServices<IConnectionEvents>());
        options.Validate();
        return options;
    }

    private static void AddAll<T>(IList<T> list, IEnumerable<T> services)
    {
        foreach (var service in services) list.Add(service);
    }
}
