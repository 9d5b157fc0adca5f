using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>How devices come to trust a hub's own authority, and what plain http is for until they do.</summary>
public sealed class TrustTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-trust-").FullName;
    private HubAuthority authority = null!;
    private TestHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        authority = HubAuthority.Open(Path.Combine(folder, "https"), "Lounge <b>", TimeProvider.System);
        hub = await TestHub.StartAsync(options =>
        {
            options.Token = "open-sesame";
            options.PlainHttp = true;
            options.UseHttps(authority);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Page_IsReadOverPlainHttp_WithoutTheToken_AndHoldsTheFingerprint()
    {
        using var answer = await hub.Client.GetAsync(Plain("/trust")).Within();

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(Shown(authority.Fingerprint), page, StringComparison.Ordinal);
        Assert.Contains($"const url = \"https://{hub.Http.Authority}\";", page, StringComparison.Ordinal);
        Assert.Contains("Kodama Lounge &lt;b&gt; ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_AsTheDeviceGetsIt_IsTheAuthoritys_AndVouchesForTheHub()
    {
        using var root = X509CertificateLoader.LoadCertificate(await hub.Client.GetByteArrayAsync(Plain("/trust/kodama.crt")).Within());
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        using var device = new HttpClient(handler);

        Assert.Equal(authority.Fingerprint, root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        Assert.Equal("""{"status":"ok"}""", await device.GetStringAsync(new Uri(hub.Http, "/health")).Within());
    }

    [Fact]
    public async Task Profile_HoldsTheCertificate()
    {
        using var answer = await hub.Client.GetAsync(Plain("/trust/kodama.mobileconfig")).Within();

        Assert.Equal("application/x-apple-aspen-config", answer.Content.Headers.ContentType?.MediaType);
        var profile = System.Xml.Linq.XDocument.Parse(await answer.Content.ReadAsStringAsync());
        var data = Assert.Single(profile.Descendants("data"));
        Assert.Equal(authority.Certificate.ToArray(), Convert.FromBase64String(data.Value));
    }

    [Fact]
    public async Task Api_TellsTheSame()
    {
        using var answer = JsonDocument.Parse(await hub.Client.GetStringAsync(Plain("/api/trust")).Within());

        Assert.Equal(authority.Fingerprint, answer.RootElement.GetProperty("sha256").GetString());
        Assert.Equal($"https://{hub.Http.Authority}", answer.RootElement.GetProperty("url").GetString());
    }

    [Fact]
    public async Task PlainHttp_LeadsABrowserToHttps_OnceItTrusts()
    {
        Assert.Equal(HttpStatusCode.OK, (await GetPageAsync("/kodama", cookie: null)).Status);
        var led = await GetPageAsync("/kodama?token=x", "kodama-trust=1");
        Assert.Equal((HttpStatusCode.TemporaryRedirect, new Uri(hub.Http, "/kodama?token=x")), led);
        Assert.Equal(HttpStatusCode.OK, (await GetPageAsync("/trust", "kodama-trust=1")).Status);
        // What is no page is a program's, which follows nothing.
        using var info = await hub.Client.GetAsync(Plain("/api/hub")).Within();
        Assert.Equal(HttpStatusCode.OK, info.StatusCode);
    }

    [Fact]
    public async Task Hub_OfAnotherCertificate_HasNoSuchPage()
    {
        await using var other = await TestHub.StartAsync(transport: TestTransport.Tls);

        using var answer = await other.Client.GetAsync(new Uri(other.Http, "/trust")).Within();

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<(HttpStatusCode Status, Uri? Location)> GetPageAsync(string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Plain(path));
        request.Headers.Accept.ParseAdd("text/html");
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var answer = await hub.Client.SendAsync(request).Within();
        return (answer.StatusCode, answer.Headers.Location);
    }

    private Uri Plain(string path) => new UriBuilder(new Uri(hub.Http, path)) { Scheme = "http" }.Uri;

    private static string Shown(string fingerprint) =>
        BitConverter.ToString(Convert.FromHexString(fingerprint)).Replace('-', ':');
}
