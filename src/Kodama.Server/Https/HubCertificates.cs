using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>The certificate that a hub shows, by its own authority: renewed when two thirds of its time are over, and when the machine's
/// addresses change.</summary>
internal sealed class HubCertificates : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(60);

    private readonly HubAuthority authority;
    private readonly string[] names;
    private readonly Func<IReadOnlyList<IPAddress>> addresses;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private Issued current;

    public HubCertificates(
        HubAuthority authority, IEnumerable<string> names, Func<IReadOnlyList<IPAddress>> addresses, TimeProvider time, ILogger logger)
    {
        this.authority = authority;
        this.names = [.. names];
        this.addresses = addresses;
        this.time = time;
        this.logger = logger;
        current = Issue(addresses());
        timer = time.CreateTimer(static all => ((HubCertificates)all!).Look(), this, LookInterval, LookInterval);
    }

    /// <summary>What to show now.</summary>
    public SslServerAuthenticationOptions Current => Volatile.Read(ref current).Options;

    /// <summary>The names of a hub: those of the machine, of mDNS and of the hub itself, under <c>.local</c>.</summary>
    public static IEnumerable<string> NamesOf(string hubId, string hubName)
    {
        yield return "localhost";
        yield return $"kodama-{hubId[..12]}.local";
        foreach (var name in (string[])[Dns.GetHostName().Split('.')[0], hubName])
        {
            if (name.Length is > 0 and < 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && name.Trim('-') == name)
                yield return $"{name.ToLowerInvariant()}.local";
        }
    }

    /// <summary>All that this machine has.</summary>
    public static IReadOnlyList<IPAddress> OfMachine() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address),
    ];

    public void Dispose()
    {
        timer.Dispose();
        current.Certificate.Dispose();
    }

    private void Look()
    {
        try
        {
            var now = addresses();
            var last = current;
            if (last.Permitted.SetEquals(now.Where(HubAuthority.Permits)) && time.GetUtcNow() - last.At < Renewal) return;
            Volatile.Write(ref current, Issue(now));
            HttpsLog.Renewed(logger, current.Permitted.Count);
            // Handshakes that are under way may still read the last one: it goes with the collector.
        }
        catch (Exception exception) when (exception is NetworkInformationException or System.Security.Cryptography.CryptographicException)
        {
            HttpsLog.RenewalFailed(logger, exception);
        }
    }

    private Issued Issue(IReadOnlyList<IPAddress> all)
    {
        var now = time.GetUtcNow();
        var certificate = authority.Issue(names, all, now);
        var options = TransportTls.Of(SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true));
        options.ApplicationProtocols = TransportTls.OldProtocols;
        return new Issued(certificate, options, [.. all.Where(HubAuthority.Permits)], now);
    }

    private sealed record Issued(
        X509Certificate2 Certificate, SslServerAuthenticationOptions Options, HashSet<IPAddress> Permitted, DateTimeOffset At);
}
