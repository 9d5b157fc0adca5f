using System.Globalization;
using System.Net.Security;
using System.Text.Json;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Doctor;

/// <summary>Whether a hub answers, how fast, with what clock and what certificate.</summary>
internal static class HubCheck
{
    private const int Pings = 5;
    private static readonly TimeSpan SlowPing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <summary>The findings; and what the hub told, or null when it cannot be asked further.</summary>
    public static async Task<(IReadOnlyList<Finding> Findings, HubFacts? Facts)> RunAsync(
        HubPlace place, HubHttp http, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        HubFacts? facts = null;
        var latencies = new List<TimeSpan>();
        try
        {
            for (var i = 0; i < Pings; i++)
            {
                // The first one opens the connection.
                var started = time.GetTimestamp();
                using var answer = await http.GetAsync("api/hub", cancellationToken);
                var latency = time.GetElapsedTime(started);
                if (!answer.IsSuccessStatusCode)
                {
                    findings.Add(NoHub(place, $"status {(int)answer.StatusCode}"));
                    return (findings, null);
                }
                facts = await HubHttp.ReadFactsAsync(answer, cancellationToken);
                if (i == 0)
                {
                    findings.Add(Finding.Good(
                        $"{facts.Name ?? "A hub"} answers at {HubWords.Url(place.Base)} (version {facts.Version ?? "unknown"})."));
                }
                else latencies.Add(latency);
                if (i == Pings - 1 && facts.Now is { } now) findings.Add(Clock(now - (time.GetUtcNow() - latency / 2), latency));
            }
        }
        catch (HttpRequestException exception)
        {
            findings.Add(Unreachable(place, exception));
            return (findings, null);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            findings.Add(Finding.Bad(
                $"{place.Base} does not answer in time.",
                "See that it runs, that the address is right, and that no firewall drops the packets (kodama doctor, on that machine)."));
            return (findings, null);
        }
        catch (JsonException)
        {
            findings.Add(NoHub(place, "something that is not a hub's answer"));
            return (findings, null);
        }
        findings.Insert(1, Latency(latencies));
        if (await CertificateAsync(place, http, cancellationToken) is not { } certificate) return (findings, facts);
        findings.Add(certificate);
        // Nothing is said to a stranger, a token least of all.
        return (findings, certificate.Verdict == Verdict.Bad ? null : facts);
    }

    public static Finding Clock(TimeSpan ahead, TimeSpan uncertainty)
    {
        var apart = ahead.Duration();
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{apart.TotalMilliseconds:0} ms (give or take {uncertainty.TotalMilliseconds / 2:0.0} ms)");
        return apart < ClockTolerance + uncertainty
            ? Finding.Good($"The clocks agree: the hub's is {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine's by {text}.")
            : Finding.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The hub's clock is {apart.TotalSeconds:0.0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine's: "
                        + $"times of messages look wrong, and certificates may."),
                "Set both by the network (NTP).");
    }

    private static Finding Latency(List<TimeSpan> latencies)
    {
        latencies.Sort();
        var median = latencies[latencies.Count / 2];
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{median.TotalMilliseconds:0.0} ms (median of {latencies.Count}; "
                + $"{latencies[0].TotalMilliseconds:0.0} to {latencies[^1].TotalMilliseconds:0.0})");
        return median < SlowPing
            ? Finding.Good($"It answers in {text}.")
            : Finding.Note(
                $"It takes its time: {text}.",
                "Over Wi-Fi: come nearer to the access point, or use the 5 GHz band or a cable; "
                    + "and see whether the hub's machine is busy.");
    }

    private static async Task<Finding?> CertificateAsync(HubPlace place, HubHttp http, CancellationToken cancellationToken)
    {
        if (http.Fingerprint is not { } shown) return null;
        if (place.Fingerprint is { } told && told != shown)
        {
            return Finding.Bad(
                $"The certificate is not the one that the network was told of: {shown}, and not {told}.",
                "Somebody may stand between you and the hub; or the hub has a new certificate: start it again.");
        }
        if (http.TrustErrors == SslPolicyErrors.None) return Finding.Good($"This machine trusts its certificate, {shown}.");
        var hasAuthority = await HasAuthorityAsync(http, cancellationToken);
        var usual = hasAuthority ? "one of the hub's own authority (serve --https)" : "a self-signed one";
        var trust = hasAuthority
            ? $"Let this machine trust it, kodama trust {place.Base}; other devices begin at http://{place.Base.Authority}/trust. "
            : "";
        return Finding.Note(
            $"This machine does not trust its certificate, {shown} ({http.TrustErrors}), as is usual for {usual}: "
                + "browsers warn of it, and clients refuse an address of it.",
            $"{trust}Programs that find the hub by its name pin it by themselves; "
                + $"for an address: kodama connect {place.Base} --pin {shown}");
    }

    private static async Task<bool> HasAuthorityAsync(HubHttp http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync("api/trust", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static Finding NoHub(HubPlace place, string what) =>
        Finding.Bad(
            $"What answers at {place.Base} is no hub: {place.Base}api/hub gave {what}.",
            "See address, port and path: a hub in an application may be under a prefix such as /realtime.");

    private static Finding Unreachable(HubPlace place, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Finding.Bad(
            $"The name {place.Base.Host} is not known to this network.",
            "Take the address that the hub prints, or its name as kodama scan shows it."),
        HttpRequestError.SecureConnectionError => Finding.Bad(
            $"{place.Base} speaks no TLS, or another one: {exception.InnerException?.Message ?? exception.Message}",
            $"Try {Uri.UriSchemeHttp}://{place.Base.Authority}"),
        HttpRequestError.ConnectionError => Finding.Bad(
            $"{place.Base} cannot be reached: {exception.InnerException?.Message ?? exception.Message}",
            "Refused: no hub runs there, or on another port. "
                + "No answer or no route: another network, or a firewall in between. Run kodama doctor on that machine too."),
        _ => Finding.Bad(
            $"{place.Base} gives no HTTP answer: {exception.Message}",
            "See the port: something else may listen there; or the hub speaks https."),
    };
}
