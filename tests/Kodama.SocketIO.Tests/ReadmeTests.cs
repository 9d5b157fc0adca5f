using System.Runtime.CompilerServices;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
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
    public async Task Readme_ExampleOfEngineIO_IsTheOneThatIsCompiledAndPlays()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.SocketIO/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "EngineIOExample.cs"));
        Assert.Contains($"```csharp\n{example}```\n", readme, StringComparison.Ordinal);

        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", nameof(LogLevel.None)]);
        builder.Services.AddKodama();
        await using var app = builder.Build();
        Example.EngineIOExample.Map(app);
        await app.StartAsync().Within();
        await using var client = await RawClient.ConnectAsync(new Uri(app.Urls.Single()));
        Assert.Contains(
            "Set-Cookie: seen=yes", await client.UpgradeAsync("/engine.io/?EIO=4&transport=websocket"), StringComparison.Ordinal);

        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal("4Welcome.", await client.ReadTextAsync());
        await client.SendAsync(RawFrame.OfText("4hello"));
        Assert.Equal("4You said hello.", await client.ReadTextAsync());
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
