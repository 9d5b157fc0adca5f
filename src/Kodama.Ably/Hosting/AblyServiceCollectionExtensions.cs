using Kodama.Ably;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Ably door to a hub.</summary>
public static class AblyServiceCollectionExtensions
{
    /// <summary>
    /// Lets Ably's SDKs in (docs/specs/ably.md): <c>MapKodama</c> takes their WebSockets at the root, and maps <c>/channels</c>,
    /// <c>/keys</c> and the other paths of their REST API. Options come from section <c>Kodama:Ably</c> of the configuration, and then from
    /// <paramref name="configure"/>.
    /// </summary>
    public static IServiceCollection AddAbly(this IServiceCollection services, Action<AblyOptions>? configure = null)
    {
        var options = services.AddOptions<AblyOptions>();
        options.Configure<IServiceProvider>(
            (o, provider) => provider.GetService<IConfiguration>()?.GetSection(AblyOptions.Section).Bind(o));
        if (configure is not null) options.Configure(configure);
        services.TryAddSingleton(provider =>
        {
            var read = provider.GetRequiredService<IOptions<AblyOptions>>().Value;
            read.Validate();
            return read;
        });
        services.TryAddSingleton<AppTable>();
        services.TryAddSingleton<AblyHub>();
        services.TryAddSingleton<RestApi>();
        services.AddKodamaDoor<AblyDoor>();
        services.AddHostedService<AblyLifetime>();
        return services;
    }
}
