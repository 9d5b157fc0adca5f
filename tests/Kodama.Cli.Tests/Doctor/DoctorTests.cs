using System.Net;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_OfAHubOnLoopback_SaysThatNoOtherDeviceReachesIt()
    {
        await using var hub = await LocalHub.StartAsync();

        var exit = await DoctorAsync(hub.Address.ToString());

        Assert.Contains(" ok  Lounge answers at", exit.Output, StringComparison.Ordinal);
        Assert.Contains(" ok  It answers in", exit.Output, StringComparison.Ordinal);
        Assert.Contains(" ok  The clocks agree", exit.Output, StringComparison.Ordinal);
        Assert.Contains(" ok  WebSockets work", exit.Output, StringComparison.Ordinal);
        Assert.SkipUnless(Kodama.Discovery.LocalInterfaces.List().Any(i => i.IsUsed), "This machine has no network.");
        Assert.Equal(7, exit.Code);
        Assert.Contains($"bad  Port {hub.Port} answers on loopback only", exit.Output, StringComparison.Ordinal);
        Assert.Contains("--host 0.0.0.0", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WithoutTheToken_SaysThatItIsMissing()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Token = "open-sesame");

        var without = await DoctorAsync(hub.Address.ToString());
        var with = await DoctorAsync(hub.Address.ToString(), "--token", "open-sesame");

        Assert.Equal(7, without.Code);
        Assert.Contains("--token TOKEN", without.Output, StringComparison.Ordinal);
        Assert.Contains("WebSockets work", with.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfTheLinkThatServePrints_BringsItsTokenAndDoesNotShowIt()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Token = "open-sesame");

        var exit = await DoctorAsync($"{hub.Address}?token=open-sesame");

        Assert.Contains("WebSockets work", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", exit.Output + exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfAHubThatRefusesIt_SaysInWhoseWords()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Rules.Validate(_ => false, "Tell your seat."));

        Assert.Contains(
            "the hub sent the doctor away: Tell your seat.", (await DoctorAsync(hub.Address.ToString())).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=nonsense", "{}", "A hub answers at")]
    [InlineData("application/json", "null", "is no hub")]
    [InlineData("application/json", "[\"\\u001b[2J\"]", "is no hub")]
    public async Task Doctor_OfAnOddAnswer_SaysWhatItIs(string type, string facts, string said)
    {
        await using var odd = await OddHub.StartAsync(type, facts);

        var exit = await DoctorAsync(odd.Address);

        Assert.Contains(said, exit.Output, StringComparison.Ordinal);
        Assert.Equal("", exit.Error);
    }

    [Fact]
    public async Task Doctor_OfAPageOfAnotherOrigin_SaysHowToLetItIn()
    {
        await using var hub = await LocalHub.StartAsync();

        var exit = await DoctorAsync(hub.Address.ToString(), "--origin", "https://app.example");

        Assert.Equal(7, exit.Code);
        Assert.Contains("--origin https://app.example", exit.Output, StringComparison.Ordinal);
        Assert.Contains("WebSockets work", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfWhatIsNoOrigin_SaysSo()
    {
        await using var hub = await LocalHub.StartAsync();

        var exit = await DoctorAsync(hub.Address.ToString(), "--origin", "foo");

        Assert.Equal(7, exit.Code);
        Assert.Contains("\"foo\" is no origin", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--origin foo", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfAProxyWithoutWebSockets_SaysSo()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var proxy = await HttpOnlyProxy.StartAsync(hub.Address);

        var exit = await DoctorAsync(proxy.Address.ToString());

        Assert.Equal(7, exit.Code);
        Assert.Contains("a proxy in between, which does not pass WebSockets", exit.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:1", "cannot be reached")]
    [InlineData("No Such Hub", "No hub called \"No Such Hub\" was found")]
    public async Task Doctor_OfNoHub_SaysWhatToDo(string hub, string said)
    {
        var exit = await DoctorAsync(hub);

        Assert.Equal(7, exit.Code);
        Assert.Contains(said, exit.Output, StringComparison.Ordinal);
        Assert.Contains("\n   → ", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfAServerThatIsNoHub_SaysSo()
    {
        using var listener = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                var context = await listener.GetContextAsync();
                context.Response.StatusCode = 404;
                context.Response.Close();
            }
        });

        var exit = await DoctorAsync(address);

        Assert.Contains("is no hub", exit.Output, StringComparison.Ordinal);
        listener.Stop();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Doctor_OfAHostileHub_PrintsNoControlCharacter()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Name = Hostile.Name);

        var exit = await DoctorAsync(hub.Address.ToString());

        Assert.Contains(Hostile.Shown, exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(exit.Output, c => char.IsControl(c) && c != '\n');
    }

    private static Task<Exit> DoctorAsync(params string[] arguments) => KodamaProcess.RunAsync(["doctor", "--timeout", "1s", .. arguments]);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
