using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

public class ReadmeTests
{
    [Fact]
    public void Readme_Example_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.SocketIO/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "ReadmeExample.cs"));

        Assert.StartsWith($"# Kodama.SocketIO\n\n```csharp\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readme_Example_Plays()
    {
        await using var app = Example.ReadmeExample.Build(
            ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", nameof(LogLevel.None)]);
        await app.StartAsync().Within();
        using var client = await WebSocketClient.ConnectAsync(new Uri(app.Urls.Single()));

        await client.SendAsync("""421["move",{"x":1,"y":2}]""");
        Assert.Equal("""431[{"x":2,"y":2}]""", await client.ReadAsync());
        await client.SendAsync("40/admin,");
        Assert.Equal("""44/admin,{"message":"not authorized"}""", await client.ReadAsync());
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
