using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Client.Connecting;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class KnownHubsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-known-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Hub_ThatWasMetWithAPin_IsKnownByItLater()
    {
        using var certificate = SelfSigned();
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(certificate));
        await using (await KodamaClient.ConnectAsync(hub.Address, Options(Fingerprint(certificate))).Within())
        {
        }

        // Without a pin the system would not trust it.
        await using var again = await KodamaClient.ConnectAsync(hub.Address, Options()).Within();

        Assert.Equal(Fingerprint(certificate), Assert.IsType<ClientStatus.Connected>(again.Status).CertificateFingerprint);
    }

    [Fact]
    public async Task Hub_OfAnotherFingerprint_IsRefused_AndTheFileNamed()
    {
        using var certificate = SelfSigned();
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(certificate));
        KnownHubs.Open(FilePath).Remember(hub.Address.Authority, new string('a', 64));

        var mismatch = await Assert.ThrowsAsync<CertificateMismatchException>(
            () => KodamaClient.ConnectAsync(hub.Address, Options()).Within());

        Assert.Contains(FilePath, mismatch.Message, StringComparison.Ordinal);
        Assert.Equal(new string('a', 64), KnownHubs.Open(FilePath).Find(hub.Address.Authority));
        Assert.Equal(0, hub.Hub.PeerCount);
        // Whoever pins it has looked.
        await using var pinned = await KodamaClient.ConnectAsync(hub.Address, Options(Fingerprint(certificate))).Within();
        Assert.Equal(Fingerprint(certificate), KnownHubs.Open(FilePath).Find(hub.Address.Authority));
    }

    [Fact]
    public void File_IsLines_OfNamesToo_AndKeepsThoseOfOthers()
    {
        var one = KnownHubs.Open(FilePath);
        var other = KnownHubs.Open(FilePath);

        one.Remember("Tea room", new string('1', 64));
        other.Remember("192.168.1.20:8080", new string('2', 64));

        Assert.Equal([$"192.168.1.20%3A8080 {new string('2', 64)}", $"tea%20room {new string('1', 64)}"], File.ReadAllLines(FilePath));
        Assert.Equal(new string('1', 64), KnownHubs.Open(FilePath).Find("TEA ROOM"));
    }

    [Fact]
    public void File_ThatCannotBeRead_StopsTheClient()
    {
        File.WriteAllText(Path.Combine(folder, "large"), new string('x', 1024 * 1024 + 1));

        Assert.Throws<ArgumentException>(() => KnownHubs.Open(Path.Combine(folder, "large")));
    }

    [Theory]
    [InlineData("http://192.168.1.20:8080/trust#sha256={0}&token=a%26b", "https://192.168.1.20:8080", "a&b")]
    [InlineData("https://lounge.local:8080#sha256={0}", "https://lounge.local:8080", null)]
    [InlineData("http://192.168.1.20:8080/ws/tea?x=1#other", "http://192.168.1.20:8080/ws/tea?x=1#other", null)]
    public void Link_GivesUpWhatItsFragmentHolds(string link, string address, string? token)
    {
        var fingerprint = new string('b', 64);

        var lifted = HubAddress.LiftLink(new Uri(link.Replace("{0}", fingerprint, StringComparison.Ordinal)));

        Assert.Equal(new Uri(address), lifted.Address);
        Assert.Equal(token, lifted.Token);
        Assert.Equal(link.Contains("sha256", StringComparison.Ordinal) ? fingerprint : null, lifted.Fingerprint);
    }

    [Fact]
    public void Link_OfAFingerprintThatIsNone_IsRefused() =>
        Assert.Throws<ArgumentException>(() => KodamaClient.Create("https://192.168.1.20:8080#sha256=abc"));

    private string FilePath => Path.Combine(folder, "kodama", "known-hubs");

    private KodamaClientOptions Options(string? pin = null) => new() { KnownHubs = FilePath, CertificateFingerprint = pin };

    private static string Fingerprint(X509Certificate2 certificate) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=known.test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
