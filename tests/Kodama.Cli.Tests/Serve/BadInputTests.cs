using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class BadInputTests
{
    private const string SameToken = "open-sesame-sesame";

    [Theory]
    [InlineData("--port is \"70000\"", "serve", "--port", "70000")]
    [InlineData("--port is \"http\"", "serve", "--port", "http")]
    [InlineData("--detail is \"floor\"", "serve", "--detail", "floor")]
    [InlineData("--detail is \"=2\"", "serve", "--detail", "=2")]
    [InlineData("--max-message is \"3q\"", "serve", "--max-message", "3q")]
    [InlineData("--max-message is \"0\"; write a number of bytes, 1 or more", "serve", "--max-message", "0")]
    [InlineData("--max-message is \"4096m\"", "serve", "--max-message", "4096m")]
    [InlineData("kodama: --max-message is 2146435072", "serve", "--max-message", "2047m")]
    [InlineData("--max-peers is \"-1\"", "serve", "--max-peers=-1")]
    [InlineData("kodama: --origin has \"app.example\", which is not an origin", "serve", "--origin", "app.example")]
    [InlineData("kodama: --allowed-host has \"http://x\", which is not the name of a host", "serve", "--allowed-host", "http://x")]
    [InlineData("kodama: --token is empty", "serve", "--token", "")]
    [InlineData("kodama: --data is empty", "serve", "--data", "")]
    [InlineData("kodama: --redis is empty", "serve", "--redis", "")]
    [InlineData("kodama: --host is empty", "serve", "--host", "")]
    [InlineData("kodama: --admin-token has 6 characters", "serve", "--admin-token", "sesame")]
    [InlineData("kodama: --admin-token is what clients come in by", "serve", "--admin-token", SameToken, "--token", SameToken)]
    [InlineData("kodama: --token holds a space", "serve", "--token", "open sesame")]
    [InlineData("kodama: --token holds a space", "serve", "--token", "開けごま")]
    [InlineData("--token would go to whichever hub answers first", "connect", "--token", "secret")]
    [InlineData("--token is for one hub", "doctor", "--token", "secret")]
    [InlineData("kodama: --host: \"192.168.1.300\" is not an address", "serve", "--host", "192.168.1.300")]
    [InlineData("--host 192.0.2.254 is not an address of this machine", "serve", "--host", "192.0.2.254")]
    [InlineData("kodama: '--colour' is no option of serve.\nSee what there is: kodama serve --help\n", "serve", "--colour", "red")]
    [InlineData("kodama: '--orign' is no option of serve. Did you mean --origin?\nSee what", "serve", "--orign", "http://x")]
    [InlineData("'--alow-host' is no option of serve. Did you mean --allowed-host?", "serve", "--alow-host=x")]
    [InlineData("'--noadvertize' is no option of serve. Did you mean --no-advertise?", "serve", "--noadvertize")]
    [InlineData("'--nmae' is no option of connect. Did you mean --name?", "connect", "--nmae", "Yui")]
    [InlineData("'--nmae' is no option of connect. Did you mean --name?", "connect", "Lounge", "--nmae", "Yui")]
    [InlineData("'--jsn' is no option of scan. Did you mean --json?", "scan", "--jsn")]
    [InlineData("'--tokn' is no option of doctor. Did you mean --token?", "doctor", "--tokn", "x")]
    [InlineData("'-x' is no option of scan.\n", "scan", "-x")]
    [InlineData("kodama: 'lsit' is no command of token. Did you mean list?\nSee what there is: kodama token --help\n", "token", "lsit")]
    [InlineData("kodama: 'revok' is no command of token. Did you mean revoke?\nSee what", "token", "revok", "x")]
    [InlineData("kodama: service takes one of these commands: install, remove.\nSee what", "service")]
    [InlineData("kodama: 'sevre' is no command. Did you mean serve?\nSee what there is: kodama --help\n", "sevre")]
    [InlineData("kodama: 'sevre' is no command. Did you mean serve?\nSee what there is: kodama --help\n", "sevre", "--port", "1")]
    [InlineData("kodama: 'talk' is no command.\nSee what there is: kodama --help\n", "talk")]
    [InlineData(
        "kodama: '--port' is no option here: a command comes first, such as serve.\nSee what there is: kodama --help\n", "--port", "1")]
    [InlineData("kodama: --interface: There is no network interface \"wlan9\"; there are: ", "serve", "--interface", "wlan9")]
    [InlineData("kodama: --name is empty", "serve", "--name", "")]
    [InlineData("--can is \"fly\"; it must be read, write or admin.", "token", "create", "--name", "Anna", "--can", "fly")]
    [InlineData("--tls-cert", "serve", "--tls-key", "key.pem")]
    [InlineData("/nowhere does not exist: make or build your page first", "serve", "--www", "nowhere")]
    [InlineData("kodama: --www is empty", "serve", "--www", "")]
    [InlineData("--data rooms/ is in the folder of --www", "serve", "--www", ".", "--data", "rooms/")]
    [InlineData("--data . is in the folder of --www", "serve", "--www", ".", "--data", ".")]
    [InlineData("--redis in Redis, with other hubs: leave one of the two out", "serve", "--data", "rooms", "--redis", "localhost")]
    [InlineData("The address of Redis names a database that is no number", "serve", "--redis", "redis://localhost/rooms")]
    [InlineData("--tls-cert www/../hub.pem is in the folder of --www", "serve", "--www", ".", "--tls-cert", "www/../hub.pem")]
    [InlineData("--pusher-app cannot be used: An app is ID:KEY:SECRET", "serve", "--pusher-app", "garden")]
    [InlineData("--pusher-webhook is \"shop.example\"; write an address", "serve", "--pusher-webhook", "shop.example")]
    [InlineData("Two Pusher apps have the id 1", "serve", "--pusher-app", "1:a:s", "--pusher-app", "1:b:s")]
    [InlineData("--ably-key cannot be used: A key of Ably's is APP.KEY:SECRET", "serve", "--ably-key", "garden:maple-maple")]
    [InlineData("The capability of key a.b is none", "serve", "--ably-key", "a.b:maple-maple:publish")]
    [InlineData("Two keys of Ably's have the name a.b", "serve", "--ably-key", "a.b:maple-maple", "--ably-key", "a.b:cedar-cedar")]
    public async Task Serve_BadOption_ExitsWith2AndNamesIt(string said, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(arguments);

        Assert.Equal(2, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
        Assert.Equal("", exit.Output);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("localhost")]
    public async Task Serve_PortTaken_ExitsWith3AndNamesPortProcessAndNext(string host)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var exit = await KodamaProcess.RunAsync("serve", "--host", host, "--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(3, exit.Code);
        Assert.Contains($"port {port} is taken", exit.Error, StringComparison.Ordinal);
        Assert.Contains($"--port {port + 1}", exit.Error, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.Contains($"(process {Environment.ProcessId})", exit.Error, StringComparison.Ordinal);
        Assert.Single(exit.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Version_Asked_IsPrinted()
    {
        var exit = await KodamaProcess.RunAsync("--version");

        Assert.Equal(0, exit.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", exit.Output);
    }

    [Fact]
    public async Task Help_OfServe_NamesEveryOption()
    {
        var exit = await KodamaProcess.RunAsync("serve", "--help");

        Assert.Equal(0, exit.Code);
        string[] options =
        [
            "--port", "--host", "--name", "--detail", "--echo", "--token", "--admin-token", "--origin", "--dev", "--allowed-host",
            "--tls-cert", "--tls-key", "--tls-password",
            "--max-peers", "--max-message", "--www", "--no-advertise", "--interface", "--quiet",
        ];
        Assert.All(options, option => Assert.Contains($"{option} ", exit.Output, StringComparison.Ordinal));
    }
}
