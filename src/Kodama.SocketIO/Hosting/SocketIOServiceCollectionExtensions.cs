using Kodama.SocketIO;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the configuration says of Socket.IO servers.</summary>
public static class SocketIOServiceCollectionExtensions
{
    /// <summary>Takes the options of <c>MapSocketIO()</c> from a section of the configuration, whose keys are their names; they are read
    /// once, when the server is mapped, and what the program sets there counts more.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="section">Such as <c>configuration.GetSection("SocketIO")</c>.</param>
    public static IServiceCollection AddSocketIO(this IServiceCollection services, IConfiguration section) =>
        services.Configure<SocketIOOptions>(options => options.Bind(section));

    /// <summary>The same of <c>MapSocketIO(path)</c>, of which an application has several.</summary>
    public static IServiceCollection AddSocketIO(this IServiceCollection services, string path, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(path);
        return services.Configure<SocketIOOptions>(path.TrimEnd('/'), options => options.Bind(section));
    }
}
