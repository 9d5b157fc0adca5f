using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Discovery;
using Kodama.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Server.Tests;

/// <summary>What a hub's authority is, what it may vouch for, and how it is kept.</summary>
public sealed class HubAuthorityTests : IDisposable
{
    private static readonly IPAddress Private = IPAddress.Parse("192.168.1.20");
    private static readonly IPAddress Public = IPAddress.Parse("8.8.8.8");

    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("kodama-authority-").FullName, "https");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    [Fact]
    public void Authority_IsMadeOnce_AndKept()
    {
        using var made = Open();
        using var again = Open();
        using var found = HubAuthority.Find(folder);

        Assert.Equal(made.Fingerprint, again.Fingerprint);
        Assert.Equal(made.Fingerprint, found!.Fingerprint);
        Assert.Matches("^Kodama Lounge [0-9A-F]{8}$", made.Name);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    /// <summary>Whoever answers in a hub's name may show anything: what is no hub's would be a key to the whole internet.</summary>
    [Fact]
    public void Authority_IsKnown_AndNoOtherIsTakenForOne()
    {
        using var authority = Open();
        using var own = X509CertificateLoader.LoadCertificate(authority.Certificate.Span);
        using var leaf = authority.Issue(["localhost"], [Private], DateTimeOffset.UtcNow);
        Assert.True(HubAuthority.IsAuthority(own));
        Assert.False(HubAuthority.IsAuthority(leaf));

        var constraints = own.Extensions.Single(e => e.Oid!.Value == "2.5.29.30");
        Assert.True(HubAuthority.IsAuthority(Made(constraints)));
        Assert.False(HubAuthority.IsAuthority(Made(null)));
        Assert.False(HubAuthority.IsAuthority(Made(new X509Extension(constraints, critical: false))));
        Assert.False(HubAuthority.IsAuthority(Made(new X509Extension("2.5.29.30", new byte[] { 0x30, 0 }, critical: true))));
        Assert.False(HubAuthority.IsAuthority(Made(constraints, isAuthority: false)));
        Assert.False(HubAuthority.IsAuthority(Made(constraints, name: "Corp Root")));

        static X509Certificate2 Made(X509Extension? constraints, bool isAuthority = true, string name = "Kodama Lounge")
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var id = Convert.ToHexString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 4));
            var request = new CertificateRequest($"CN={name} {id}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, isAuthority, 0, critical: true));
            if (constraints is not null) request.CertificateExtensions.Add(constraints);
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }
    }

    [Fact]
    public void Key_ThatOthersCanRead_IsRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        Open().Dispose();
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("authority.pem")]
    [InlineData("authority.key")]
    public void File_ThatIsDamagedOrMissing_IsRefused_AndNothingReplaced(string name)
    {
        Open().Dispose();
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, "damaged");

        Assert.Throws<InvalidDataException>(Open);
        File.Delete(file);
        Assert.Throws<InvalidDataException>(Open);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Authority_ThatHasExpired_IsRefused()
    {
        Open().Dispose();
        var clock = new FakeClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow() + TimeSpan.FromDays(3651));

        var refused = Assert.Throws<InvalidDataException>(() => HubAuthority.Open(folder, "Lounge", clock));
        Assert.Contains("expired", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaf_IsForLocalNamesAndPrivateAddressesOnly_AndIsTrusted()
    {
        using var authority = Open();

        using var leaf = authority.Issue(["lounge.local", "example.com"], [Private, Public], DateTimeOffset.UtcNow);

        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["lounge.local"], names.EnumerateDnsNames());
        Assert.Equal([Private], names.EnumerateIPAddresses());
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(X509ChainStatusFlags.NoError, Verify(authority, leaf));
    }

    [Theory]
    [InlineData("example.com", null)]
    [InlineData("evil-local", null)]
    [InlineData(null, "8.8.8.8")]
    [InlineData(null, "2001:db8::1")]
    public void Leaf_OutsideOfTheConstraints_IsTrustedByNobody(string? name, string? address)
    {
        using var authority = Open();

        // As who has stolen the key would make it.
        using var leaf = Forge(authority, names =>
        {
            if (name is not null) names.AddDnsName(name);
            if (address is not null) names.AddIpAddress(IPAddress.Parse(address));
        });

        Assert.NotEqual(X509ChainStatusFlags.NoError, Verify(authority, leaf));
        using var permitted = Forge(authority, names => names.AddDnsName("other.local"));
        Assert.Equal(X509ChainStatusFlags.NoError, Verify(authority, permitted));
    }

    [Fact]
    public void Fingerprint_OfALeaf_IsTheAuthoritys()
    {
        using var authority = Open();
        using var one = authority.Issue(["a.local"], [Private], DateTimeOffset.UtcNow);
        using var other = authority.Issue(["b.local"], [], DateTimeOffset.UtcNow);

        Assert.Equal(authority.Fingerprint, HubCertificate.Fingerprint(one));
        Assert.Equal(authority.Fingerprint, HubCertificate.Fingerprint(other));
    }

    [Fact]
    public void Fingerprint_OfALeafThatOnlyCarriesAnAuthority_IsItsOwn()
    {
        using var authority = Open();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=impostor", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(HubCertificate.AuthorityOid, authority.Certificate.Span, critical: false));
        using var impostor = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(impostor.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), HubCertificate.Fingerprint(impostor));
        Assert.Null(HubCertificate.FindAuthority([0x30, 0x80, 1, 2, 3]));
    }

    [Fact]
    public void Certificate_IsRenewed_WithAddressesAndWithTime_AndNotElse()
    {
        using var authority = Open();
        var clock = new FakeClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        IReadOnlyList<IPAddress> addresses = [Private];
        using var certificates = new HubCertificates(authority, ["lounge.local"], () => addresses, clock, NullLogger.Instance);
        var first = certificates.Current;

        addresses = [Private, Public];
        clock.Advance(TimeSpan.FromDays(59));
        Assert.Same(first, certificates.Current);
        addresses = [IPAddress.Parse("10.0.0.7")];
        clock.Advance(TimeSpan.FromSeconds(10));
        var second = certificates.Current;
        Assert.NotSame(first, second);
        clock.Advance(TimeSpan.FromDays(61));

        Assert.NotSame(second, certificates.Current);
    }

    [Fact]
    public void Names_OfAHub_AreThoseThatAHostCanHave()
    {
        var names = HubCertificates.NamesOf("0123456789abcdef", "Lounge").ToList();

        Assert.Contains("localhost", names);
        Assert.Contains("kodama-0123456789ab.local", names);
        Assert.Contains("lounge.local", names);
        var others = HubCertificates.NamesOf("0123456789abcdef", "Tea room");
        Assert.DoesNotContain(others, name => name.Contains(' ', StringComparison.Ordinal));
    }

    private string KeyFile => Path.Combine(folder, "authority.key");

    private HubAuthority Open() => HubAuthority.Open(folder, "Lounge", TimeProvider.System);

    private X509Certificate2 Forge(HubAuthority authority, Action<SubjectAlternativeNameBuilder> add)
    {
        using var root = X509Certificate2.CreateFromPemFile(Path.Combine(authority.Folder, "authority.pem"), KeyFile);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        add(names);
        var request = new CertificateRequest("CN=forged", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1]);
    }

    private static X509ChainStatusFlags Verify(HubAuthority authority, X509Certificate2 leaf)
    {
        using var root = X509CertificateLoader.LoadCertificate(authority.Certificate.Span);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        chain.Build(leaf);
        return chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
    }
}
