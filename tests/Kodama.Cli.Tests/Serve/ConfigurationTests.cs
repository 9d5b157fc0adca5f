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
    [InlineData("""{ "Kodama": { "SocketIO": "perhaps" } }""", "Kodama:SocketIO")]
    [InlineData("""{ "Kodama": { "SocketIO": { "PingInterval": "20" } } }""", "Kodama:SocketIO:PingInterval is \"20\"; it must")]
    [InlineData("""{ "Kodama": { "SocketIO": { "MaxSessions": 0 } } }""", "Kodama:SocketIO:MaxSessions is 0; it must be at least 1.")]
    [InlineData("""{ "Kodama": { "SocketIO": { "Pings": true } } }""", "Kodama:SocketIO:Pings is no option: there are Path,")]
    [InlineData("""{ "Kodama": { "Token": "" } }""", "Kodama:Token is empty: leave it out to let anyone in")]
    [InlineData("""{ "Kodama": { "AdminToken": "" } }""", "Kodama:AdminToken has 0 characters")]
    [InlineData("""{ "Kodama": { "Data": "" } }""", "Kodama:Data is empty: leave it out to keep the rooms in memory.")]
    [InlineData("""{ "Kodama": { "Redis": "" } }""", "Kodama:Redis is empty: leave it out")]
    [InlineData("""{ "Kodama": { "Host": "" } }""", "Kodama:Host is empty: leave it out for the whole network.")]
    [InlineData("""{ "Kodama": { "Host": null } }""", "Kodama:Host is empty: leave it out for the whole network.")]
    [InlineData("""{ "Kodama": { "Www": "" } }""", "Kodama:Www is empty")]
    [InlineData("""{ "Kodama": { "Name": "" } }""", "Kodama:Name is empty")]
    [InlineData("""{ "Kodama": { "Token": "a b" } }""", "kodama: Kodama:Token holds a space")]
    [InlineData("""{ "Kodama": { "Data": "a", "Redis": "b" } }""", "Kodama:Data keeps the rooms in a folder, and Kodama:Redis in Redis")]
    [InlineData("""{ "Kodama": "x" }""", "Kodama is a text; it must be a section")]
    [InlineData("""{ "Kodama": { "Log": "x" } }""", "Kodama:Log is a text; it must be a section")]
    [InlineData("""{ "Kodama": { "Rooms": { "tea": "x" } } }""", "Kodama:Rooms:tea is a text; it must be a section")]
    [InlineData("""{ "Kodama": { "AllowedOrigins": "https://app.example" } }""", "Kodama:AllowedOrigins is a text; it must be a list")]
    [InlineData("""{ "Kodama": { "Interfaces": "eth0" } }""", "Kodama:Interfaces is a text; it must be a list")]
    [InlineData("""{ "Kodama": { "Details": "floor" } }""", "Kodama:Details is a text; it must be names with their values")]
    [InlineData("""{ "Kodama": { "Details": ["a=b"] } }""", "Kodama:Details is a list; it must be names with their values")]
    [InlineData("""{ "Kodama": { "Name": ["a"] } }""", "Kodama:Name is no text; it must be a text.")]
    [InlineData("""{ "Kodama": { "Pusher": "perhaps" } }""", "Kodama:Pusher is a text; it must be true, false, or a section")]
    [InlineData("""{ "Kodama": { "Pusher": { "Apps": ["1:key"] } } }""", "Kodama:Pusher:Apps:0 is none: An app is ID:KEY:SECRET")]
    [InlineData("""{ "Kodama": { "Ably": { "Keys": "a.b:maple-maple" } } }""", "Kodama:Ably:Keys is a text; it must be a list")]
    [InlineData("""{ "Kodama": { "PingInterval": "20s" } }""", "Kodama:PingInterval is \"20s\"; it must be a time as hh:mm:ss")]
    [InlineData("""{ "Kodama": { "MaxMessageSize": "64k" } }""", "Kodama:MaxMessageSize is \"64k\"; it must be a whole number")]
    [InlineData("""{ "Kodama": { "Echo": "perhaps" } }""", "Kodama:Echo is \"perhaps\"; it must be true or false.")]
    [InlineData(
        """{ "Kodama": { "Outbox": { "SlowPeers": "Kick" } } }""",
        "Kodama:Outbox:SlowPeers is \"Kick\"; it must be Disconnect or DropOldest.")]
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
              "Kodoma": { "Port": 1 },
              "Kodama": {
                "Host": "127.0.0.1", "port": 0, "MaxPears": 3, "Details": { "anything": "1" }, "Log": { "Mesages": 1 },
                "Rules": { "Filters": 1 },
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
            [
                .. new[] { "MaxPears", "Rules", "Tls:Cert", "Outbox:MaxBites", "Log:Mesages", "Rooms:any room:Ekko" }
                    .Select(k => $"kodama: warning: appsettings.json has Kodama:{k}, which is no option of the hub."),
                "kodama: warning: appsettings.json has Kodoma, which nothing reads. Did you mean Kodama?",
                "kodama: warning: the environment has Kodama__Unknown, which is no option of the hub.",
            ],
            exit.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Serve_FileWithNullsAndNothing_IsAsWithoutThem()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "appsettings.json"), """
            {
              "Kodama": {
                "Host": "127.0.0.1", "Port": 0, "MaxPeers": null, "Token": null, "PingInterval": null, "Data": null, "AllowedOrigins": [],
                "Details": {}, "Outbox": {}, "Log": null, "Pusher": null
              }
            }
            """);
        await using var kodama = KodamaProcess.Start(["serve"], directory);

        await kodama.AddressAsync();
    }

    [Fact]
    public async Task Serve_EmptyInTheEnvironment_ExitsWith2AndNamesIt()
    {
        await using var kodama = KodamaProcess.Start(["serve"], directory, ("Kodama__Token", ""));

        var exit = await kodama.ExitAsync();

        Assert.Equal(2, exit.Code);
        Assert.Contains("Kodama:Token is empty", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_VariableOfTheSectionsName_IsAnothers()
    {
        await using var kodama = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0"], directory, ("KODAMA", "/opt/kodama"));

        await kodama.AddressAsync();
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
