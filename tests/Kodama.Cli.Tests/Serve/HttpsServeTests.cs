using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Cli.Tests.Support;
using Kodama.Cli.Trust;
using Kodama.Server;

namespace Kodama.Cli.Tests.Serve;

public sealed class HttpsServeTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("kodama-https-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Serve_HttpsWithData_TellsATrustThatFindsIt()
    {
        await using var hub = KodamaProcess.Start(Local);

        var line = await hub.LineAsync(line => line.Contains("kodama trust", StringComparison.Ordinal));

        Assert.EndsWith($"; this machine by: kodama trust --data \"{data}\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Https_MakesAnAuthorityOnce_ByWhichClientsKnowTheHub()
    {
        string? first = null;
        for (var start = 0; start < 2; start++)
        {
            await using var hub = KodamaProcess.Start([.. Local, "--quiet"]);
            var address = await hub.AddressAsync();
            using var authority = HubAuthority.Find(Path.Combine(data, "https"))!;
            first ??= authority.Fingerprint;
            Assert.Equal(first, authority.Fingerprint);
            Assert.Equal("https", address.Scheme);

            // The leaf is another each time; the pin is the authority's.
            await using var connect = KodamaProcess.Start(["connect", address.ToString(), "--pin", first, "--name", "Yui"]);
            await connect.FeedAsync("Hello\n");
            Assert.Equal(0, (await connect.ExitAsync()).Code);
            using var http = new HttpClient();
            var plain = new UriBuilder(address) { Scheme = "http", Path = "/health" }.Uri;
            Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync(plain));
            hub.Signal(KodamaProcess.Terminate);
            Assert.Equal(0, (await hub.ExitAsync()).Code);
        }
    }

    [Fact]
    public async Task Serve_Https_TellsWhereToBegin_AndTheFingerprint()
    {
        await using var hub = KodamaProcess.Start(Local);

        var line = await hub.LineAsync(l => l.Contains("/trust", StringComparison.Ordinal));
        var fingerprint = await hub.LineAsync(l => l.Count(c => c == ':') == 31);

        Assert.Contains("http://127.0.0.1:", line, StringComparison.Ordinal);
        var show = await KodamaProcess.RunAsync("trust", "--show", "--data", data);
        Assert.Equal(0, show.Code);
        Assert.Contains(fingerprint.Trim(), show.Output, StringComparison.Ordinal);
    }

    /// <summary>Of a hub elsewhere nothing is trusted before a person has compared.</summary>
    [Fact]
    public async Task Trust_OfAnotherMachine_ShowsTheFingerprint_AndAsks()
    {
        await using var hub = KodamaProcess.Start([.. Local, "--quiet"]);
        var place = (await hub.AddressAsync()).Authority;
        using var authority = HubAuthority.Find(Path.Combine(data, "https"))!;

        var shown = await KodamaProcess.RunAsync("trust", place, "--show");
        Assert.Equal(0, shown.Code);
        Assert.Contains($"SHA-256 {Fingerprints.Shown(authority.Fingerprint)}", shown.Output, StringComparison.Ordinal);
        Assert.Equal(shown, await KodamaProcess.RunAsync("trust", $"http://{place}/trust", "--show"));
        await using var asked = KodamaProcess.Start(["trust", place]);
        await asked.FeedAsync("no\n");
        var refused = await asked.ExitAsync();
        Assert.Equal((4, shown.Output), (refused.Code, refused.Output));
        Assert.Contains("type yes", refused.Error, StringComparison.Ordinal);
        foreach (var option in (string[][])[[], ["--remove"]])
        {
            var other = await KodamaProcess.RunAsync(["trust", $"http://{place}/trust#sha256={new string('0', 64)}", .. option]);
            Assert.Equal((4, shown.Output), (other.Code, other.Output));
        }
        await using var removing = KodamaProcess.Start(["trust", place, "--remove"]);
        await removing.FeedAsync("no\n");
        var kept = await removing.ExitAsync();
        Assert.Equal((4, shown.Output), (kept.Code, kept.Output));
    }

    [Fact]
    public async Task Trust_OfAHubWithoutAuthority_IsSaid()
    {
        await using var hub = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0", "--quiet"]);

        var exit = await KodamaProcess.RunAsync("trust", $"{await hub.AddressAsync()}");

        Assert.Equal((4, ""), (exit.Code, exit.Output));
        Assert.Contains("without --https", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Scan_TakesHttps_AndTheFingerprint(bool own)
    {
        using var certificate = new TestCertificate();
        string[] options = own ? ["--https", "--data", data] : ["--tls-cert", certificate.CombinedPem];
        await using var hub = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0", "--quiet", .. options]);
        var address = await hub.AddressAsync();

        // A handshake may take longer than an address has, on a machine that is busy.
        var exit = new Exit(1, "", "");
        for (var attempt = 0; exit.Output.Length == 0 && attempt < 5; attempt++)
        {
            exit = await KodamaProcess.RunAsync(
                "scan", "127.0.0.1", "--sweep-only", "--port", $"{address.Port}", "--json", "--timeout", "20s");
        }

        using var authority = own ? HubAuthority.Find(Path.Combine(data, "https")) : null;
        using var found = System.Text.Json.JsonDocument.Parse(exit.Output.Trim());
        Assert.Equal(address, new Uri(found.RootElement.GetProperty("address").GetString()!));
        Assert.Equal(authority?.Fingerprint ?? certificate.Fingerprint, found.RootElement.GetProperty("tls").GetString());
    }

    [Fact]
    public async Task Connect_ByTheLinkOfTheQrCode_PinsAndRemembersTheHub()
    {
        var config = ("XDG_CONFIG_HOME", Path.Combine(data, "config"));
        await using var hub = KodamaProcess.Start([.. Local, "--quiet", "--token", "open-sesame"]);
        var address = await hub.AddressAsync();
        using var authority = HubAuthority.Find(Path.Combine(data, "https"))!;
        var link = $"http://{address.Authority}/trust#sha256={authority.Fingerprint}&token=open-sesame";

        Assert.Equal(0, (await ConnectAsync(link)).Code);
        Assert.Equal(0, (await ConnectAsync(address.ToString(), "--token", "open-sesame")).Code);

        var known = Path.Combine(data, "config", "kodama", "known-hubs");
        Assert.Contains(authority.Fingerprint, await File.ReadAllTextAsync(known), StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            known, (await File.ReadAllTextAsync(known)).Replace(authority.Fingerprint, new string('0', 64), StringComparison.Ordinal));
        var refused = await ConnectAsync(address.ToString(), "--token", "open-sesame");
        Assert.Equal(6, refused.Code);
        Assert.Contains("known-hubs", refused.Error, StringComparison.Ordinal);

        async Task<Exit> ConnectAsync(params string[] arguments)
        {
            await using var connect = KodamaProcess.Start(["connect", .. arguments], null, config);
            await connect.FeedAsync("Hello\n");
            return await connect.ExitAsync();
        }
    }

    [Fact]
    public async Task Pair_ByTheCodeInTheTerminal_GivesALinkToConnectBy()
    {
        await using var hub = KodamaProcess.Start([.. Local, "--token", "open-sesame"]);
        var address = await hub.AddressAsync();
        await using var pair = KodamaProcess.Start(["pair", address.ToString()]);

        var shown = await hub.LineAsync(line => line.Contains("asks to be paired", StringComparison.Ordinal));
        var code = shown[shown.IndexOf("there:", StringComparison.Ordinal)..shown.IndexOf("(within", StringComparison.Ordinal)];
        await pair.FeedAsync(string.Concat(code.Where(char.IsDigit)) + "\n");
        var paired = await pair.ExitAsync();

        Assert.Equal(0, paired.Code);
        await using var connect = KodamaProcess.Start(["connect", paired.Output.Trim()]);
        await connect.FeedAsync("Hello\n");
        Assert.Equal(0, (await connect.ExitAsync()).Code);
    }

    [Fact]
    public async Task Pair_WithASlip_AsksAgain()
    {
        await using var hub = KodamaProcess.Start(Local);
        await using var pair = KodamaProcess.Start(["pair", (await hub.AddressAsync()).ToString()]);

        var shown = await hub.LineAsync(line => line.Contains("asks to be paired", StringComparison.Ordinal));
        var code = shown[shown.IndexOf("there:", StringComparison.Ordinal)..shown.IndexOf("(within", StringComparison.Ordinal)];
        await pair.FeedAsync($"abc\n{code}\n");
        var paired = await pair.ExitAsync();

        Assert.Equal(0, paired.Code);
        Assert.Contains("\"abc\" is no code", paired.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_OfAHubThatSpeaksNone_IsSaid()
    {
        await using var hub = await LocalHub.StartAsync();

        foreach (var command in (string[])["pair", "connect"])
        {
            var exit = await KodamaProcess.RunAsync(command, $"https://127.0.0.1:{hub.Port}");
            Assert.Equal(6, exit.Code);
            Assert.Contains("--https", exit.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("frame size", exit.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("certificate", exit.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Doctor_OfAHubWithAnAuthority_SaysHowToTrustIt()
    {
        await using var hub = KodamaProcess.Start([.. Local, "--quiet"]);
        var address = await hub.AddressAsync();

        var exit = await KodamaProcess.RunAsync("doctor", address.ToString(), "--timeout", "100ms");

        Assert.Contains($"kodama trust {address}", exit.Output, StringComparison.Ordinal);
        Assert.Contains($"http://{address.Authority}/trust", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("self-signed", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Https_WithAKeyThatOthersCanRead_ExitsWith4()
    {
        HubAuthority.Open(Path.Combine(data, "https"), "Lounge", TimeProvider.System).Dispose();
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(Path.Combine(data, "https", "authority.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var exit = await KodamaProcess.RunAsync(Local);

        Assert.Equal(4, exit.Code);
        Assert.Contains("chmod 600", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_HttpsAndACertificate_ExitsWith2()
    {
        using var certificate = new TestCertificate();

        var exit = await KodamaProcess.RunAsync([.. Local, "--tls-cert", certificate.CombinedPem]);

        Assert.Equal(2, exit.Code);
    }

    [Fact]
    public async Task Trust_WithoutAnAuthority_ExitsWith4()
    {
        var exit = await KodamaProcess.RunAsync("trust", "--data", data);

        Assert.Equal(4, exit.Code);
        Assert.Contains("serve --https", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nss_TrustsTheAuthority_AndDoesNoMore()
    {
        Assert.SkipUnless(TrustProgram.Exists("certutil"), "certutil of libnss3-tools is not installed.");
        using var authority = HubAuthority.Open(Path.Combine(data, "https"), "Lounge", TimeProvider.System);
        var (root, folder) = (TrustedRoot.Of(authority), Path.Combine(data, "nssdb"));
        var browsers = new NssDatabase(folder);

        Assert.Null(await browsers.AddAsync(root, default));
        Assert.Null(await browsers.AddAsync(root, default));
        Assert.Null(await TrustProgram.RunAsync("certutil", ["-d", $"sql:{folder}", "-L", "-n", authority.Name], default));
        Assert.Null(await browsers.RemoveAsync(root, default));
        Assert.Null(await browsers.RemoveAsync(root, default));
        Assert.NotNull(await TrustProgram.RunAsync("certutil", ["-d", $"sql:{folder}", "-L", "-n", authority.Name], default));
    }

    private string[] Local => ["serve", "--https", "--data", data, "--host", "127.0.0.1", "--port", "0"];
}
