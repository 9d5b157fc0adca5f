using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed partial class AblyServeTests : IDisposable
{
    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0", "--no-advertise"];

    private readonly string folder = Directory.CreateTempSubdirectory("kodama-ably-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Serve_Ably_MakesAKey_AndSaysHowToPointClientsHere()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--ably"]);
        var address = await kodama.AddressAsync();

        var client = await kodama.LineAsync(line => line.Contains("new Ably.Realtime(", StringComparison.Ordinal));

        Assert.Contains(
            $"endpoint: '127.0.0.1', port: {address.Port}, tls: false, disableConnectivityCheck: true", client, StringComparison.Ordinal);
        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, Key().Match(client).Groups[1].Value), StringComparison.Ordinal);
        Assert.StartsWith("{\"action\":9,", await FirstAsync(address, "garden.key1:maple-maple"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AblyWithData_KeepsTheKeyThatItHasMade()
    {
        string[] arguments = [.. Local, "--ably", "--data", folder];
        string said;
        await using (var kodama = KodamaProcess.Start(arguments))
        {
            said = await kodama.LineAsync(line => line.Contains("new Ably.Realtime(", StringComparison.Ordinal));
            kodama.Signal(KodamaProcess.Terminate);
            await kodama.ExitAsync();
        }

        await using var again = KodamaProcess.Start(arguments);
        var now = await again.LineAsync(line => line.Contains("new Ably.Realtime(", StringComparison.Ordinal));

        Assert.Equal(Key().Match(said).Value, Key().Match(now).Value);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "ably-key")));
    }

    [Fact]
    public async Task Serve_AblyKeys_AreThoseThatWereGiven_AndTheirSecretsAreNotShown()
    {
        await using var kodama = KodamaProcess.Start(
            [.. Local, "--ably-key", "garden.one:maple-maple", "--ably-key", """garden.two:cedar-cedar:{"news":["subscribe"]}"""]);
        var address = await kodama.AddressAsync();

        var line = await kodama.LineAsync(line => line.Contains("garden.two", StringComparison.Ordinal));
        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, "garden.one:maple-maple"), StringComparison.Ordinal);
        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, "garden.two:cedar-cedar"), StringComparison.Ordinal);
        Assert.StartsWith("{\"action\":9,", await FirstAsync(address, "garden.two:maple-maple"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, await PublishAsync(address, "garden.one:maple-maple"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(address, "garden.two:cedar-cedar"));
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();

        Assert.Contains("key: 'garden.two:...'", line, StringComparison.Ordinal);
        Assert.DoesNotContain("maple", exit.Output + exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("cedar", exit.Output + exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_KeysOfTheConfigurationAsOnTheCommandLine_AreTaken()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """
            { "Kodama": { "Ably": { "Keys": [ "garden.key1:maple-maple", { "Key": "garden.key2:cedar-cedar" } ] } } }
            """);
        await using var kodama = KodamaProcess.Start(Local, folder);
        var address = await kodama.AddressAsync();

        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, "garden.key1:maple-maple"), StringComparison.Ordinal);
        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, "garden.key2:cedar-cedar"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_KeysOfTheConfiguration_AreTaken()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """
            { "Kodama": { "Ably": { "Keys": [ { "Key": "garden.key1:maple-maple", "Colour": "red" } ], "MaxIdel": 5 } } }
            """);
        await using var kodama = KodamaProcess.Start(Local, folder);
        var address = await kodama.AddressAsync();

        Assert.StartsWith("{\"action\":4,", await FirstAsync(address, "garden.key1:maple-maple"), StringComparison.Ordinal);
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();
        Assert.Contains("Kodama:Ably:MaxIdel, which is no option", exit.Error, StringComparison.Ordinal);
        Assert.Contains("Kodama:Ably:Keys:0:Colour, which is no option", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Serve_AblySandbox_LetsAnyoneMakeApps_AndNobodyElseDoes(bool sandbox)
    {
        await using var kodama = KodamaProcess.Start([.. Local, sandbox ? "--ably-sandbox" : "--ably"]);
        var address = await kodama.AddressAsync();
        using var http = new HttpClient();
        using var body = new StringContent("""{"keys":[{}]}""", Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync(new Uri(address, "/apps"), body);

        Assert.Equal(sandbox ? HttpStatusCode.Created : HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Serve_WithoutAbly_HasNone()
    {
        await using var kodama = KodamaProcess.Start(Local);
        var address = await kodama.AddressAsync();

        Assert.Equal(HttpStatusCode.NotFound, await PublishAsync(address, "garden.key1:maple-maple"));
    }

    [GeneratedRegex("key: '([^']+)'")]
    private static partial Regex Key();

    private static async Task<HttpStatusCode> PublishAsync(Uri address, string key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/channels/news/messages"))
        {
            Content = new StringContent("""{"name":"a","data":"b"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key)));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> FirstAsync(Uri address, string key)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri($"ws://{address.Authority}/?v=5&format=json&key={Uri.EscapeDataString(key)}"), deadline.Token);
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, deadline.Token);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }
}
