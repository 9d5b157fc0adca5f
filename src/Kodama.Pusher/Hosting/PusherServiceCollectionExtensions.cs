using Kodama;
using Kodama.Pusher;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Pusher door to a hub.</summary>
public static class PusherServiceCollectionExtensions
{
    /// <summary>
    /// Lets Pusher's clients and HTTP SDKs in (docs/specs/pusher.md): <c>MapKodama</c> maps <c>/app/{key}</c> and <c>/apps/{id}</c>.
    /// Options come from section <c>Kodama:Pusher</c> of the configuration, and then from <paramref name="configure"/>. Rooms that begin
    /// with <c>private-</c> or <c>presence-</c> are closed to other doors from then on.
    /// </summary>
    public static IServiceCollection AddPusher(this IServiceCollection services, Action<PusherOptions>? configure = null)
    {
        var options = services.AddOptions<PusherOptions>();
        options.Configure<IServiceProvider>(
            (o, provider) => provider.GetService<IConfiguration>()?.GetSection(PusherOptions.Section).Bind(o));
        if (configure is not null) options.Configure(configure);
        services.TryAddSingleton(provider =>
        {
            var read = provider.GetRequiredService<IOptions<PusherOptions>>().Value;
            read.Validate();
            return read;
        });
        services.TryAddSingleton<AppTable>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoomRule, ChannelRule>());
        services.TryAddSingleton<PusherHub>();
        services.TryAddSingleton<PusherApi>();
        services.TryAddSingleton<Webhooks>();
        services.AddKodamaDoor<PusherDoor>();
        services.AddHostedService<PusherLifetime>();
        return services;
    }
}
