using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Client.Connecting;
using Kodama.Discovery;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class CertificatePinTests
{
    private static readonly X509Certificate2 Certificate = SelfSigned();
    private static readonly X509Certificate2 Other = SelfSigned();

    [Fact]
    public async Task Pin_OfASelfSignedCertificate_LetsTheClientIn()
    {
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        var pairs = Convert.FromHexString(Fingerprint(Certificate))
            .Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        var colons = string.Join(':', pairs);
        await using var client = await KodamaClient.ConnectAsync(
            hub.Address, new KodamaClientOptions { CertificateFingerprint = colons }).Within();

        Assert.Equal(Fingerprint(Certificate), Assert.IsType<ClientStatus.Connected>(client.Status).CertificateFingerprint);
        await client.SendAsync("safe").Within();
        Assert.Equal("safe", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Pin_OfAnother_TellsBoth()
    {
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(Certificate));

        var mismatch = await Assert.ThrowsAsync<CertificateMismatchException>(
            () => KodamaClient.ConnectAsync(hub.Address, new KodamaClientOptions { CertificateFingerprint = Fingerprint(Other) }).Within());

        Assert.Equal((Fingerprint(Other), Fingerprint(Certificate)), (mismatch.Expected, mismatch.Actual));
        Assert.Equal(0, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task NoPin_SelfSignedCertificate_IsNotTrusted()
    {
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(Certificate));

        var refused = await Assert.ThrowsAsync<HubProtocolException>(() => KodamaClient.ConnectAsync(hub.Address).Within());

        Assert.Contains("CertificateFingerprint", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pin_OfAnAddressWithoutTls_IsRefused() => Assert.Throws<ArgumentException>(
        () => KodamaClient.Create("ws://127.0.0.1:1", new KodamaClientOptions { CertificateFingerprint = Fingerprint(Certificate) }));

    [Fact]
    public async Task Pin_OfAFoundHub_IsThatOfTheHub()
    {
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        await using var client = await KodamaClient.ConnectAsync(Found(hub, Certificate)).Within();
        Assert.Equal(Fingerprint(Certificate), Assert.IsType<ClientStatus.Connected>(client.Status).CertificateFingerprint);

        await Assert.ThrowsAsync<CertificateMismatchException>(() => KodamaClient.ConnectAsync(Found(hub, Other)).Within());
    }

    [Fact]
    public async Task Pin_ByName_HoldsForTheLifeOfTheClient()
    {
        var clock = new FakeClock();
        var real = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        await using var imposter = await TestHub.StartAsync(o => o.UseHttps(Other));
        await using var plain = await TestHub.StartAsync();
        FoundHub[] network = [Found(real, Certificate)];
        var options = new KodamaClientOptions { Time = clock, Reconnect = ReconnectStrategy.Fixed() };
        await using var client = KodamaClient.Create(
            "Lounge", ClientSettings.Of(options) with { Lookup = (_, _) => network.ToAsyncEnumerable() });
        await client.StartAsync().Within();

        network = [Found(imposter, Other), Found(plain, null)];
        await real.DisposeAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));

        var second = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 2);
        Assert.Equal(Fingerprint(Other), Assert.IsType<CertificateMismatchException>(second.Cause).Actual);
        Assert.Equal(0, imposter.Hub.PeerCount + plain.Hub.PeerCount);
    }

    [Fact]
    public async Task Pin_OfAFoundHub_HoldsBeforeTheFirstConnection()
    {
        var clock = new FakeClock();
        await using var plain = await TestHub.StartAsync();
        var gone = new FoundHub
        {
            Id = "1",
            Name = "Lounge",
            Addresses = [new Uri($"https://127.0.0.1:{TestHub.ClosedPort()}")],
            CertificateFingerprint = Fingerprint(Certificate),
        };
        var options = new KodamaClientOptions { Time = clock, RetryFirst = true, Reconnect = ReconnectStrategy.Fixed() };
        FoundHub[] network = [Found(plain, null)];
        await using var client = KodamaClient.Create(
            gone, ClientSettings.Of(options) with { Lookup = (_, _) => network.ToAsyncEnumerable() });
        _ = client.StartAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();

        clock.Advance(TimeSpan.FromSeconds(1));

        var second = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 2);
        Assert.IsType<CertificateMismatchException>(second.Cause);
        Assert.Equal(0, plain.Hub.PeerCount);
    }

    [Fact]
    public async Task Tls_OfAHubThatAlsoSpeaksPlain_IsNotLeftForIt()
    {
        await using var plain = await TestHub.StartAsync();
        await using var secure = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        var both = new FoundHub { Id = "1", Name = "Lounge", Addresses = [plain.Address, secure.Address] };

        var refused = await Assert.ThrowsAsync<HubProtocolException>(() => KodamaClient.ConnectAsync(both).Within());

        Assert.Contains("does not trust", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, plain.Hub.PeerCount);
    }

    [Fact]
    public async Task Token_NameOfAHubWithAndWithoutTls_GoesOverTls()
    {
        await using var plain = await TestHub.StartAsync();
        await using var secure = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        FoundHub[] network = [Found(plain, null) with { Id = "1" }, Found(secure, Certificate) with { Id = "1" }];
        var options = new KodamaClientOptions { Token = "secret" };
        await using var client = KodamaClient.Create(
            "Lounge", ClientSettings.Of(options) with { Lookup = (_, _) => network.ToAsyncEnumerable() });

        await client.StartAsync().Within();

        Assert.Equal("wss", Assert.IsType<ClientStatus.Connected>(client.Status).Address.Scheme);
    }

    [Fact]
    public async Task Token_NameThatTwoClaim_GoesToTheOneWithThePin()
    {
        await using var real = await TestHub.StartAsync(o => o.UseHttps(Certificate));
        await using var imposter = await TestHub.StartAsync(o => o.UseHttps(Other));
        FoundHub[] network = [Found(imposter, Other), Found(real, Certificate)];
        var options = new KodamaClientOptions { Token = "secret", CertificateFingerprint = Fingerprint(Certificate) };
        await using var client = KodamaClient.Create(
            "Lounge", ClientSettings.Of(options) with { Lookup = (_, _) => network.ToAsyncEnumerable() });

        await client.StartAsync().Within();

        await real.PeerAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("AB")]
    [InlineData("zz34567890123456789012345678901234567890123456789012345678901234")]
    public void Fingerprint_ThatIsNone_IsRefused(string text) => Assert.Throws<ArgumentException>(() => CertificatePin.Normalize(text));

    private static FoundHub Found(TestHub hub, X509Certificate2? certificate) => new()
    {
        Id = hub.Address.Authority,
        Name = "Lounge",
        Addresses = [hub.Address],
        CertificateFingerprint = certificate is null ? null : Fingerprint(certificate),
    };

    private static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kodama.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(1));
    }
}
