using Kodama;
using Kodama.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the rooms of a hub durable.</summary>
public static class SqliteServiceCollectionExtensions
{
    /// <summary>
    /// Keeps the rooms of the hub that <c>AddKodama</c> adds in a folder of a local disk, which is this hub's alone. It is opened when the
    /// hub is made, and an <see cref="EngineException"/> says what is wrong with it; it is closed when the application's services are
    /// disposed.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <example><c>builder.Services.AddKodama().UseSqlite("data");</c></example>
    public static IServiceCollection UseSqlite(this IServiceCollection services, string folder, Action<SqliteOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var options = new SqliteOptions();
        configure?.Invoke(options);
        options.Validate();
        services.RemoveAll<IEngine>();
        return services.AddSingleton<IEngine>(provider =>
            new SqliteEngine(folder, provider.GetService<TimeProvider>(), provider.GetService<ILogger<SqliteEngine>>(), options));
    }
}
