using System.Reflection;

namespace Kodama.Server;

/// <summary>
/// The assemblies that ASP.NET Core loads for the first request only. Each holds two descriptors for good: where these are few, they are
/// loaded before anybody comes, who may take the last. One that could not be loaded is missing until the process ends.
/// </summary>
internal static class FirstRequest
{
    private static readonly string[] Assemblies =
    [
        "System.Security.Claims", "System.Net.WebSockets",
        "Microsoft.Extensions.Validation", "Microsoft.AspNetCore.Metadata", "Microsoft.AspNetCore.WebUtilities",
    ];

    public static void Load()
    {
        foreach (var name in Assemblies)
        {
            try
            {
                Assembly.Load(name);
            }
            catch (FileNotFoundException)
            {
                // Another version of ASP.NET Core does without it, and a program that is compiled ahead of time has none.
            }
        }
    }
}
