using Kodama;
using Kodama.Redis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets several hubs share their rooms.</summary>
public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// Orders and keeps the rooms of the hub that <c>AddKodama</c> adds in Redis, together with all hubs that name the same one. It is
    /// connected to when the hub is made, and an <see cref="EngineException"/> says what is wrong with it.
    /// </summary>
    /// <param name="services">Of the application.</param>
    /// <param name="address"><c>HOST:PORT[,options]</c> as StackExchange.Redis reads it, or a <c>redis://</c> address.</param>
    /// <param name="configure">The rest.</param>
    /// <exception cref="ArgumentException">The address or an option has not its form.</exception>
    /// <example><c>builder.Services.AddKodama().AddRedis("localhost:6379");</c></example>
    public static IServiceCollection AddRedis(this IServiceCollection services, string address, Action<RedisOptions>? configure = null)
    {
        var options = new RedisOptions();
        configure?.Invoke(options);
        options.Validate();
        RedisAddress.Parse(address);
        services.RemoveAll<IEngine>();
        return services.AddSingleton<IEngine>(provider =>
            new RedisEngine(address, options, provider.GetService<ILogger<RedisEngine>>()));
    }
}
