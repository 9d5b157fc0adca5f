using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class CertificateTests : IDisposable
{
    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0", "--tls-cert"];

    private readonly TestCertificate certificate = new();

    public void Dispose() => certificate.Dispose();

    [Fact]
    public Task Serve_PemAndKey_AnswersWithIt() => AnswersAsync(certificate.CertificatePem, "--tls-key", certificate.KeyPem);

    [Fact]
    public Task Serve_PemWithKeyInside_AnswersWithIt() => AnswersAsync(certificate.CombinedPem);

    [Fact]
    public Task Serve_EncryptedKey_AnswersWithIt() =>
        AnswersAsync(certificate.CertificatePem, "--tls-key", certificate.EncryptedKeyPem, "--tls-password", TestCertificate.Password);

    [Fact]
    public Task Serve_Pfx_AnswersWithIt() => AnswersAsync(certificate.Pfx, "--tls-password", TestCertificate.Password);

    [Fact]
    public Task Serve_MissingFile_ExitsWith4() => RefusesAsync("does not exist", certificate.Pfx + ".missing");

    [Fact]
    public Task Serve_EmptyFileName_ExitsWith4() => RefusesAsync("kodama: --tls-cert \"\" cannot be read: ", "");

    [Fact]
    public Task Serve_EmptyKeyFileName_ExitsWith4() =>
        RefusesAsync("kodama: --tls-key \"\" cannot be read: ", certificate.CertificatePem, "--tls-key", "");

    [Fact]
    public Task Serve_Directory_ExitsWith4() => RefusesAsync(" is denied. Give the path", Path.GetDirectoryName(certificate.Pfx)!);

    [Fact]
    public Task Serve_MissingKeyFile_ExitsWith4() =>
        RefusesAsync("--tls-key", certificate.CertificatePem, "--tls-key", certificate.KeyPem + ".missing");

    [Fact]
    public Task Serve_PemWithoutKey_ExitsWith4() => RefusesAsync("holds no private key", certificate.CertificatePem);

    [Fact]
    public Task Serve_WrongPassword_ExitsWith4() => RefusesAsync("wrong password", certificate.Pfx, "--tls-password", "wrong");

    [Fact]
    public Task Serve_PfxWithoutPassword_ExitsWith4() => RefusesAsync("give --tls-password", certificate.Pfx);

    [Fact]
    public Task Serve_WrongPasswordOfKey_ExitsWith4AndNamesIt() =>
        RefusesAsync(
            $"{certificate.EncryptedKeyPem} cannot be opened: wrong password",
            certificate.CertificatePem, "--tls-key", certificate.EncryptedKeyPem, "--tls-password", "wrong");

    [Fact]
    public async Task Serve_KeyOfAnotherCertificate_ExitsWith4()
    {
        using var other = new TestCertificate();

        await RefusesAsync(
            $"{other.KeyPem} is not that of {certificate.CertificatePem}", certificate.CertificatePem, "--tls-key", other.KeyPem);
        await RefusesAsync(
            $"{other.EncryptedKeyPem} is not that of {certificate.CertificatePem}", certificate.CertificatePem,
            "--tls-key", other.EncryptedKeyPem, "--tls-password", TestCertificate.Password);
    }

    [Fact]
    public Task Serve_KeyThatNeedsAPassword_ExitsWith4AndSaysSo() => RefusesAsync(
        $"{certificate.EncryptedKeyPem} needs a password: give --tls-password",
        certificate.CertificatePem, "--tls-key", certificate.EncryptedKeyPem);

    [Fact]
    public Task Serve_PasswordForAKeyWithoutOne_ExitsWith4AndSaysSo() => RefusesAsync(
        $"{certificate.KeyPem} has no password: leave out --tls-password",
        certificate.CertificatePem, "--tls-key", certificate.KeyPem, "--tls-password", "x");

    [Fact]
    public async Task Serve_DamagedKey_ExitsWith4AndNamesIt()
    {
        await File.WriteAllTextAsync(certificate.KeyPem, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        await RefusesAsync($"{certificate.KeyPem} cannot be read", certificate.CertificatePem, "--tls-key", certificate.KeyPem);
    }

    [Fact]
    public async Task Serve_NoCertificateAtAll_ExitsWith4()
    {
        await File.WriteAllTextAsync(certificate.Pfx, "not a certificate");

        await RefusesAsync(certificate.Pfx, certificate.Pfx);
    }

    private async Task AnswersAsync(params string[] arguments)
    {
        await using var kodama = KodamaProcess.Start([.. Local, .. arguments]);
        var address = await kodama.AddressAsync();
        string? seen = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, presented, _, _) => (seen = presented?.Thumbprint) is not null,
        };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };

        Assert.Equal("https", address.Scheme);
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync(new Uri(address, "/health")));
        Assert.Equal(certificate.Thumbprint, seen);
    }

    private static async Task RefusesAsync(string said, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync([.. Local, .. arguments]);

        Assert.Equal(4, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }
}
