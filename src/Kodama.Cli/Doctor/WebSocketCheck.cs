using System.Security.Cryptography;
using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Doctor;

/// <summary>Whether a client gets a WebSocket to the hub; and if not, what stops it.</summary>
internal static class WebSocketCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="place">Where.</param>
    /// <param name="fingerprint">Of the certificate that the hub has shown, which has a finding of its own: here it must be the
    /// same.</param>
    /// <param name="facts">What the hub has told.</param>
    /// <param name="token">What it asks for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        HubPlace place, string? fingerprint, HubFacts facts, string? token, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var options = new KodamaClientOptions
        {
            Token = token,
            CertificateFingerprint = fingerprint,
            ConnectTimeout = Patience,
            CloseTimeout = Patience,
        };
        try
        {
            await using var client = await KodamaClient.ConnectAsync(place.Socket(OwnRoom()), options, cancellationToken);
            findings.Add(Finding.Good("WebSockets work: the hub let this machine in."));
        }
        catch (KodamaClientException exception)
        {
            findings.Add(Explain(place, facts, exception));
        }
        if (Proxy(place.Base) is { } proxy) findings.Add(proxy);
        return findings;
    }

    /// <summary>A room where nobody sees the doctor come and go.</summary>
    public static string OwnRoom() => $"doctor-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    private static Finding Explain(HubPlace place, HubFacts facts, KodamaClientException exception) => exception switch
    {
        HubRefusedException { StatusCode: null } refused => Finding.Note(
            $"WebSockets work, but the hub sent the doctor away: {refused.Reason}",
            "It has rules of its own for who may stay, such as a detail that must be told: kodama connect --detail key=value"),
        HubRefusedException { Code: "AUTHENTICATION_FAILED" } refused => Finding.Bad(
            $"The hub lets nobody in without the right credentials: {refused.Reason}",
            facts.TokenRequired
                ? "Ask whoever runs it for the token: kodama doctor ADDRESS --token TOKEN"
                : "It has an authenticator of its own: ask whoever runs it how to log in."),
        HubRefusedException { Code: "HOST_NOT_ALLOWED" } refused => Finding.Bad(
            $"The hub does not answer to the name {place.Base.Host}: {refused.Reason}",
            "Use its IP address, or let the name in: AllowedHosts in its configuration."),
        HubRefusedException { Code: "HUB_STOPPING" } => Finding.Bad("The hub is stopping.", "Start it again, or wait until it is back."),
        HubRefusedException { Code: { } code } refused =>
            Finding.Bad($"The hub opens no WebSocket: {refused.Reason} ({code})", "The hub's own words say what to change."),
        HubRefusedException { StatusCode: 407 or 502 or 503 or 504 } refused => Finding.Bad(
            $"A proxy answered the handshake with status {refused.StatusCode}, and not the hub.",
            "Let it pass WebSockets (Upgrade and Connection headers), or go around it: connect to the hub's own address."),
        HubRefusedException refused => Finding.Bad(
            $"The handshake was answered with status {refused.StatusCode} in place of 101, and not in the hub's words: "
                + "a proxy in between, which does not pass WebSockets.",
            "Let it pass WebSockets (HTTP/1.1, Upgrade and Connection headers), or connect to the hub's own address."),
        ConnectTimeoutException => Finding.Bad(
            $"The hub answers HTTP, but a WebSocket is not open within {Patience.TotalSeconds:0} s.",
            "Something between lets requests through and holds connections that stay: "
                + "a proxy, a security program. Try without it, or over https."),
        _ => Finding.Bad(
            $"A WebSocket does not open: {exception.Message}",
            "The hub answers HTTP, so something between cuts connections that stay: "
                + "a proxy or a security program. Try without it, or over https."),
    };

    private static Finding? Proxy(Uri address) =>
        HttpClient.DefaultProxy.GetProxy(address) is { } proxy && !HttpClient.DefaultProxy.IsBypassed(address)
            ? Finding.Note(
                $"Programs of this machine reach {address.Host} by the proxy {proxy.Authority}: it may not see the local network, "
                    + "or pass no WebSockets. (The doctor went around it, as Kodama's client does for addresses of the local network.)",
                $"Leave the local network out of it: NO_PROXY={address.Host}, or the exceptions of the system's proxy settings.")
            : null;
}
