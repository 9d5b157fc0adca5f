using System.Text.Json;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kodama-configuration-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Serve_FileOnly_TakesItsOptions() => Assert.Equal(("file", true), await ServeAsync([]));

    [Fact]
    public async Task Serve_FileAndEnvironment_EnvironmentWins() =>
        Assert.Equal(("environment", true), await ServeAsync([], ("Kodama__Name", "environment")));

    [Fact]
    public async Task Serve_FileAndEnvironmentAndCommandLine_CommandLineWins() =>
        Assert.Equal(
            ("command line", false), await ServeAsync(["--name", "command line", "--echo", "false"], ("KODAMA__NAME", "environment")));

    [Theory]
    [InlineData("""{ "Kodama": { "Port": 80""", "appsettings.json")]
    [InlineData("""{ "Kodama": { "Port": 80""", "LineNumber: 0")]
    [InlineData("""{ "Kodama": { "Port": 70000 } }""", "Kodama:Port is 70000")]
    [InlineData("""{ "Kodama": { "Port": "http" } }""", "Kodama:Port")]
    [InlineData("""{ "Kodama": { "MaxPeers": 0 } }""", "MaxPeers is 0")]
    [InlineData("""{ "Kodama": { "Echo": "perhaps" } }""", "Kodama:Echo")]
    [InlineData("""{ "Kodama": { "SocketIO": "perhaps" } }""", "Kodama:SocketIO")]
    [InlineData("""{ "Kodama": { "SocketIO": { "PingInterval": "20" } } }""", "Kodama:SocketIO:PingInterval is \"20\"; it must")]
    [InlineData("""{ "Kodama": { "SocketIO": { "MaxSessions": 0 } } }""", "Kodama:SocketIO:MaxSessions is 0; it must be at least 1.")]
    [InlineData("""{ "Kodama": { "SocketIO": { "Pings": true } } }""", "Kodama:SocketIO:Pings is no option: there are Path,")]
    public async Task Serve_BadFile_ExitsWith2AndNamesIt(string json, string said)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "appsettings.json"), json);
        await using var kodama = KodamaProcess.Start(["serve"], directory);

        var exit = await kodama.ExitAsync();

        Assert.Equal(2, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FileWithKeysThatNothingReads_WarnsOfEach()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "appsettings.json"), """
            {
              "Logging": { "LogLevel": "Debug" },
              "Kodama": {
                "Host": "127.0.0.1", "port": 0, "MaxPears": 3, "Details": { "anything": "1" }, "Rules": { "Filters": 1 },
                "Outbox": { "MaxBites": 1, "MaxFrames": 10 }, "Tls": { "Cert": "x" },
                "Rooms": { "any room": { "Ekko": true, "Echo": true } }
              }
            }
            """);
        await using var kodama = KodamaProcess.Start(["serve", "--quiet"], directory, ("Kodama__Unknown", "1"));
        await kodama.AddressAsync();

        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();

        Assert.Equal(
            [.. new[] { "MaxPears", "Rules", "Tls:Cert", "Outbox:MaxBites", "Rooms:any room:Ekko" }
                .Select(k => $"kodama: warning: appsettings.json has Kodama:{k}, which is no option of the hub.")],
            exit.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Serve_NameAsDetailOnTheCommandLine_WinsOverTheFilesName() =>
        Assert.Equal(("command line", true), await ServeAsync(["--detail", "name=command line"]));

    private async Task<(string? Name, bool Echo)> ServeAsync(string[] arguments, params (string, string)[] environment)
    {
        await File.WriteAllTextAsync(
            Path.Combine(directory, "appsettings.json"),
            """{ "Kodama": { "Name": "file", "Echo": true, "Host": "127.0.0.1", "Port": 0 } }""");
        await using var kodama = KodamaProcess.Start(["serve", .. arguments], directory, environment);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var hub = JsonDocument.Parse(await http.GetStringAsync(new Uri(await kodama.AddressAsync(), "/api/hub")));
        return (hub.RootElement.GetProperty("name").GetString(), hub.RootElement.GetProperty("echo").GetBoolean());
    }
}
