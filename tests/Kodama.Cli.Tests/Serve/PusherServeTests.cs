using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed partial class PusherServeTests : IDisposable
{
    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0"];

    private readonly string folder = Directory.CreateTempSubdirectory("kodama-pusher-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Serve_Pusher_MakesAnApp_AndSaysHowToPointClientsHere()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--pusher"]);
        var address = await kodama.AddressAsync();

        var client = await kodama.LineAsync(line => line.Contains("new Pusher('", StringComparison.Ordinal));
        var echo = await kodama.LineAsync(line => line.Contains("new Echo(", StringComparison.Ordinal));
        var backend = await kodama.LineAsync(line => line.Contains("appId: '", StringComparison.Ordinal));

        var key = Key().Match(client).Groups[1].Value;
        Assert.Contains(
            $"wsHost: '127.0.0.1', wsPort: {address.Port}, wssPort: {address.Port}, forceTLS: false, enabledTransports: ['ws', 'wss']",
            client, StringComparison.Ordinal);
        Assert.EndsWith("// a page, with pusher-js", client, StringComparison.Ordinal);
        Assert.Contains($"broadcaster: 'pusher', key: '{key}'", echo, StringComparison.Ordinal);
        Assert.Matches($"appId: '[0-9]+', key: '{key}', secret: '[0-9a-f]{{40}}', host: '127.0.0.1', port: '{address.Port}'", backend);
        Assert.StartsWith("{\"event\":\"pusher:connection_established\"", await FirstAsync(address, key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PusherWithData_KeepsTheAppThatItHasMade()
    {
        string[] arguments = [.. Local, "--no-advertise", "--pusher", "--data", folder];
        string said;
        await using (var kodama = KodamaProcess.Start(arguments))
        {
            said = await kodama.LineAsync(line => line.Contains("new Pusher('", StringComparison.Ordinal));
            kodama.Signal(KodamaProcess.Terminate);
            await kodama.ExitAsync();
        }

        await using var again = KodamaProcess.Start(arguments);
        var now = await again.LineAsync(line => line.Contains("new Pusher('", StringComparison.Ordinal));

        Assert.Equal(Key().Match(said).Value, Key().Match(now).Value);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "pusher-app")));
    }

    [Fact]
    public async Task Serve_PusherWebhook_ThatNobodyTook_IsSentAfterAKill()
    {
        var port = FreePort();
        string[] arguments =
        [
            .. Local, "--no-advertise", "--pusher-app", "1:garden-key:garden-secret", "--data", folder,
            "--pusher-webhook", $"http://127.0.0.1:{port}/hook",
        ];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using (var kodama = KodamaProcess.Start(arguments))
        {
            var address = await kodama.AddressAsync();
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://{address.Authority}/app/garden-key?protocol=7"), deadline.Token);
            await ReadAsync(socket, deadline.Token);
            await SendAsync(socket, """{"event":"pusher:subscribe","data":{"channel":"news"}}""", deadline.Token);
            await UntilAsync(() => Kept().Length > 0, deadline.Token);
            kodama.Signal(KodamaProcess.Killed);
            await kodama.ExitAsync();
        }
        Assert.Contains("channel_occupied", await File.ReadAllTextAsync(Kept().FullName), StringComparison.Ordinal);

        using var receiver = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        receiver.Start();
        await using var again = KodamaProcess.Start(arguments);
        var request = await receiver.GetContextAsync().WaitAsync(deadline.Token);
        using var reader = new StreamReader(request.Request.InputStream);
        var told = await reader.ReadToEndAsync(deadline.Token);
        request.Response.Close();

        Assert.Contains("""[{"name":"channel_occupied","channel":"news"}]""", told, StringComparison.Ordinal);
        Assert.Equal("garden-key", request.Request.Headers["X-Pusher-Key"]);
        var signature = HMACSHA256.HashData("garden-secret"u8, Encoding.UTF8.GetBytes(told));
        Assert.Equal(Convert.ToHexStringLower(signature), request.Request.Headers["X-Pusher-Signature"]);

        FileInfo Kept() => new(Directory.GetFiles(folder, "pusher-webhook-*.log").Single());
    }

    [Fact]
    public async Task Serve_PusherApps_AreThoseThatWereGiven_AndTheirSecretsAreNotShown()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--pusher-app", "1:one:secret-1", "--pusher-app", "2:two:secret-2"]);
        var address = await kodama.AddressAsync();

        var backend = await kodama.LineAsync(line => line.Contains("appId: '2'", StringComparison.Ordinal));
        Assert.StartsWith("{\"event\":\"pusher:connection_established\"", await FirstAsync(address, "one"), StringComparison.Ordinal);
        Assert.StartsWith("{\"event\":\"pusher:connection_established\"", await FirstAsync(address, "two"), StringComparison.Ordinal);
        Assert.StartsWith("{\"event\":\"pusher:error\"", await FirstAsync(address, "three"), StringComparison.Ordinal);
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();

        Assert.Contains("secret: '...'", backend, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AppsOfTheConfigurationAsOnTheCommandLine_AreTaken()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """
            { "Kodama": { "Pusher": { "Apps": [ "1:garden-key:garden-secret", { "Id": "7", "Key": "shop", "Secret": "s" } ] } } }
            """);
        await using var kodama = KodamaProcess.Start(Local, folder);
        var address = await kodama.AddressAsync();

        foreach (var key in (string[])["garden-key", "shop"])
            Assert.StartsWith("{\"event\":\"pusher:connection_established\"", await FirstAsync(address, key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AppsOfTheConfiguration_AreTaken()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """
            { "Kodama": { "Pusher": { "Apps": [ { "Id": "7", "Key": "garden", "Secret": "s", "Colour": "red" } ], "MaxDatta": 5 } } }
            """);
        await using var kodama = KodamaProcess.Start(Local, folder);
        var address = await kodama.AddressAsync();

        Assert.StartsWith("{\"event\":\"pusher:connection_established\"", await FirstAsync(address, "garden"), StringComparison.Ordinal);
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();
        Assert.Contains("Kodama:Pusher:MaxDatta, which is no option", exit.Error, StringComparison.Ordinal);
        Assert.Contains("Kodama:Pusher:Apps:0:Colour, which is no option", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Pusher_ClosesPrivateRoomsToSocketIOClients()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--pusher"]);
        var address = await kodama.AddressAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/socket.io/?EIO=4&transport=websocket"), deadline.Token);
        await ReadAsync(socket, deadline.Token);
        await SendAsync(socket, "40", deadline.Token);
        await ReadAsync(socket, deadline.Token);

        await SendAsync(socket, "421[\"join\",\"private-x\"]", deadline.Token);
        await SendAsync(socket, "422[\"join\",\"open\"]", deadline.Token);
        List<string> answers = [await ReadAsync(socket, deadline.Token), await ReadAsync(socket, deadline.Token)];
        using var http = new HttpClient();
        var rooms = await http.GetStringAsync(new Uri(address, "/api/peers?room=private-x"), deadline.Token);

        Assert.Contains("432[]", answers);
        Assert.DoesNotContain("431[]", answers);
        Assert.Equal("""{"peers":[]}""", rooms);
    }

    [Fact]
    public async Task Serve_WithoutPusher_HasNone_AndItsRoomsAreOpen()
    {
        await using var kodama = KodamaProcess.Start(Local);
        var address = await kodama.AddressAsync();
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(address, "/app/key?protocol=7"));
        using var client = await TestClient.ConnectAsync(address, "/ws/private-x");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [GeneratedRegex("new Pusher\\('([^']+)'")]
    private static partial Regex Key();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken deadline)
    {
        while (!condition()) await Task.Delay(20, deadline);
    }

    private static async Task<string> FirstAsync(Uri address, string key)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/app/{key}?protocol=7"), deadline.Token);
        return await ReadAsync(socket, deadline.Token);
    }

    private static Task SendAsync(ClientWebSocket socket, string text, CancellationToken deadline) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, deadline);

    private static async Task<string> ReadAsync(ClientWebSocket socket, CancellationToken deadline)
    {
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, deadline);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }
}
