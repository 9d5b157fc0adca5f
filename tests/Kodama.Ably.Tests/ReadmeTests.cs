using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Kodama.Ably.Tests;

public class ReadmeTests
{
    [Fact]
    public void Readme_Example_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.Ably/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "ReadmeExample.cs"));

        Assert.StartsWith($"# Kodama.Ably\n\n```csharp\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readme_Example_LetsClientsIn()
    {
        await using var app = Example.ReadmeExample.Build(
            ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", nameof(LogLevel.None)]);
        await app.StartAsync().Within();
        await using var client = await AblyClient.ConnectAsync(new Uri(app.Urls.Single()), "key=garden.guests:birch-birch");

        await client.AttachAsync("news:today");
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
