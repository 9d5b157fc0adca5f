using System.Net;
using System.Net.WebSockets;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class ServeTests
{
    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0"];

    [Fact]
    public async Task Serve_Started_AnswersAtPrintedAddressWithDetails()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--name", "Lounge", "--detail", "floor=2", "--detail", "sign==x"]);
        using var http = Http();

        var answer = await http.GetAsync(await kodama.AddressAsync());

        Assert.Equal("""{"floor":"2","name":"Lounge","sign":"=x"}""", Sorted(await answer.Content.ReadAsStringAsync()));
        Assert.Contains("local-websocket/1.0.0", answer.Headers.Server.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OnPipe_WritesNoEscapeSequenceAndNoQrCode()
    {
        await using var kodama = KodamaProcess.Start(["serve", "--port", "0"]);
        await kodama.LineAsync(line => line.EndsWith("messages/s", StringComparison.Ordinal));

        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();

        Assert.DoesNotContain('\e', exit.Output);
        Assert.DoesNotContain('█', exit.Output);
        Assert.Equal("", exit.Error);
    }

    [Fact]
    public async Task Serve_OnNetworkWithoutToken_SaysThatAnyoneCanJoin()
    {
        await using var kodama = KodamaProcess.Start(["serve", "--port", "0"]);

        Assert.Contains(
            "--token",
            await kodama.LineAsync(line => line.Contains("anyone on the network can join", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The network finds it by its name: kodama connect Lounge")]
    [InlineData("The network finds it by its name: kodama connect Lounge --token TOKEN", "--token", "open-sesame")]
    [InlineData("It is not advertised: the network finds it by its address only.", "--no-advertise")]
    public async Task Serve_OnNetwork_SaysHowItIsFound(string said, params string[] arguments)
    {
        await using var kodama = KodamaProcess.Start(["serve", "--port", "0", "--name", "Lounge", .. arguments]);

        Assert.Equal(said, await kodama.LineAsync(line => line.Contains("finds it by", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Serve_WithToken_PrintsItInAddressAndRefusesOthers()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--token", "open-sesame"]);
        var printed = new Uri((await kodama.LineAsync(line => line.Contains("://", StringComparison.Ordinal))).Trim());
        using var http = Http();

        Assert.Equal("?token=open-sesame", printed.Query);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(printed, "/api/rooms" + printed.Query))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri(printed, "/api/rooms?token=wrong"))).StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => TestClient.ConnectAsync(printed, "/ws"));
        using var client = await TestClient.ConnectAsync(printed, "/ws" + printed.Query);
    }

    [Fact]
    public async Task Serve_Echo_SendsBackToSender()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--echo"]);
        using var client = await TestClient.ConnectAsync(await kodama.AddressAsync());

        await client.SendAsync("hello");

        Assert.Equal("hello", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Serve_MaxMessage_ClosesLargerWith1009()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--echo", "--max-message", "1k"]);
        using var client = await TestClient.ConnectAsync(await kodama.AddressAsync());

        await client.SendAsync(new string('a', 1024));
        Assert.Equal(1024, (await client.ReceiveAsync())!.Length);
        await client.SendAsync(new string('a', 1025));

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.CloseStatus);
    }

    [Fact]
    public async Task Serve_MaxPeers_RefusesOneMoreWith3000()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--max-peers", "1", "--echo"]);
        var address = await kodama.AddressAsync();
        using var first = await TestClient.ConnectAsync(address);
        await first.SendAsync("in");
        await first.ReceiveAsync();

        using var second = await TestClient.ConnectAsync(address);

        Assert.Null(await second.ReceiveAsync());
        Assert.Equal(3000, (int?)second.CloseStatus);
    }

    [Fact]
    public async Task Serve_PublishedOverHttp_ReachesPeerAndLogsNothing()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--echo"]);
        var address = await kodama.AddressAsync();
        using var client = await TestClient.ConnectAsync(address);
        await client.SendAsync("in");
        await client.ReceiveAsync();
        using var http = Http();

        var answer = await http.PostAsync(new Uri(address, "/api/rooms/lobby/messages"), new StringContent("hello"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("hello", await client.ReceiveAsync());
        await client.CloseAsync();
        kodama.Signal(KodamaProcess.Terminate);
        Assert.Equal("", (await kodama.ExitAsync()).Error);
    }

    [Theory]
    [InlineData(KodamaProcess.Interrupt)]
    [InlineData(KodamaProcess.Terminate)]
    public async Task Serve_Signalled_SaysGoodbyeWith1001AndExitsWith0(int signal)
    {
        await using var kodama = KodamaProcess.Start(Local);
        using var client = await TestClient.ConnectAsync(await kodama.AddressAsync());

        kodama.Signal(signal);

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        await client.CloseAsync();
        var exit = await kodama.ExitAsync();
        Assert.Equal(0, exit.Code);
        Assert.EndsWith("Stopped.\n", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_SignalledTwiceAtOnce_StopsGracefully()
    {
        await using var kodama = KodamaProcess.Start(Local);
        using var client = await TestClient.ConnectAsync(await kodama.AddressAsync());

        // What timeout does, with two that the system cannot merge into one.
        kodama.Signal(KodamaProcess.Interrupt);
        kodama.Signal(KodamaProcess.Terminate);

        Assert.Null(await client.ReceiveAsync());
        await client.CloseAsync();
        Assert.Equal(0, (await kodama.ExitAsync()).Code);
    }

    [Fact]
    public async Task Serve_InterruptedAgainLater_EndsAtOnce()
    {
        await using var kodama = KodamaProcess.Start(
            Local, null, ("Kodama__StopTimeout", "01:00:00"), ("Kodama__CloseTimeout", "01:00:00"));
        using var silent = await TestClient.ConnectAsync(await kodama.AddressAsync());
        kodama.Signal(KodamaProcess.Interrupt);
        Assert.Null(await silent.ReceiveAsync());

        await kodama.SignalUntilExitAsync(KodamaProcess.Interrupt);

        Assert.Equal(128 + KodamaProcess.Interrupt, (await kodama.ExitAsync()).Code);
    }

    [Fact]
    public async Task Serve_Quiet_PrintsAddressesOnly()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--quiet"]);
        var address = await kodama.AddressAsync();

        kodama.Signal(KodamaProcess.Terminate);

        Assert.Equal(address.GetLeftPart(UriPartial.Authority) + "\n", (await kodama.ExitAsync()).Output);
    }

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("https://app.example/")]
    [InlineData("HTTPS://app.example:443")]
    public async Task Serve_Origin_LetsItsPagesIn(string given)
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--origin", given]);
        var api = new Uri(await kodama.AddressAsync(), "/api/hub");
        using var http = Http();

        using var allowed = new HttpRequestMessage(HttpMethod.Get, api) { Headers = { { "Origin", "https://app.example" } } };
        using var other = new HttpRequestMessage(HttpMethod.Get, api) { Headers = { { "Origin", "https://other.example" } } };

        Assert.Equal(["https://app.example"], (await http.SendAsync(allowed)).Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.False((await http.SendAsync(other)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Serve_Refusals_AreToldWithTheOptionThatWouldAllowThem()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--token", "secret"]);
        var api = new Uri(await kodama.AddressAsync(), "/api/events");
        using var http = Http();
        using var foreign = new HttpRequestMessage(HttpMethod.Get, api) { Headers = { { "Origin", "http://localhost:3000" } } };
        using var named = new HttpRequestMessage(HttpMethod.Get, api) { Headers = { Host = "hub.example" } };
        using var wrong = new HttpRequestMessage(HttpMethod.Get, new Uri(api, "/api/rooms"));

        foreach (var request in new[] { foreign, named, wrong }) (await http.SendAsync(request)).Dispose();
        kodama.Signal(KodamaProcess.Terminate);
        var said = (await kodama.ExitAsync()).Error;

        Assert.Contains("--origin http://localhost:3000", said, StringComparison.Ordinal);
        Assert.Contains("--allowed-host hub.example", said, StringComparison.Ordinal);
        Assert.Contains("A token is required", said, StringComparison.Ordinal);
        Assert.All(said.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("kodama: warning: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_Dev_LetsPagesOfLocalhostInAndSaysSo()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--dev", "--allowed-host", "hub.example"]);
        var api = new Uri(await kodama.AddressAsync(), "/api/hub");
        using var http = Http();

        Assert.StartsWith(
            "--dev: web pages of localhost may use it",
            await kodama.LineAsync(line => line.Contains("--dev", StringComparison.Ordinal)), StringComparison.Ordinal);
        foreach (var origin in new[] { "http://localhost:3000", "https://127.0.0.1:5173", "http://[::1]:8000" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, api) { Headers = { { "Origin", origin } } };
            request.Headers.Host = "hub.example";
            Assert.Equal([origin], (await http.SendAsync(request)).Headers.GetValues("Access-Control-Allow-Origin"));
        }
    }

    private static HttpClient Http() => new() { Timeout = TimeSpan.FromSeconds(60) };

    private static string Sorted(string json) =>
        System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonSerializer.Deserialize<SortedDictionary<string, string>>(json));
}
