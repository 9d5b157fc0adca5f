using System.Net.WebSockets;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Doctor;

/// <summary>Whether a WebSocket to the hub opens; and if not, what stops it.</summary>
internal static class WebSocketCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(HubPlace place, HubHttp http, HubFacts facts, string? token, string? origin, CancellationToken cancellationToken)
    {
        // A room of its own: nobody sees the doctor come and go.
        var address = place.Socket($"doctor-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        var findings = new List<Finding>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var socket = Create(http, token, origin);
        try
        {
            await socket.ConnectAsync(address, patience.Token);
            findings.Add(await GoodbyeAsync(socket, patience.Token));
        }
        catch (WebSocketException exception)
        {
            findings.Add(await ExplainAsync(http, address, facts, socket.HttpStatusCode, token, origin, exception, cancellationToken));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            findings.Add(Finding.Bad($"The hub answers HTTP, but a WebSocket is not open within {Patience.TotalSeconds:0} s.", "Something between lets requests through and holds connections that stay: a proxy, a security program. Try without it, or over https."));
        }
        if (Proxy(place.Base) is { } proxy) findings.Add(proxy);
        return findings;
    }

    private static ClientWebSocket Create(HubHttp http, string? token, string? origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        // The certificate has its own finding; here it must be the same.
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant() == http.Fingerprint;
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        return socket;
    }

    // A validator of the hub accepts a peer only to close it with its reason: a moment later than the handshake, or not at all.
    private static async Task<Finding> GoodbyeAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close })
        {
        }
        return socket.CloseStatus is WebSocketCloseStatus.NormalClosure or null
            ? Finding.Good("WebSockets work: the hub let this machine in.")
            : Finding.Note(
                $"WebSockets work, but the hub sent the doctor away with {(int)socket.CloseStatus}: {socket.CloseStatusDescription}",
                "It has rules of its own for who may stay, such as a detail that must be told: kodama connect --detail key=value");
    }

    private static async Task<Finding> ExplainAsync(
        HubHttp http, Uri address, HubFacts facts, HttpStatusCode status, string? token, string? origin, WebSocketException exception, CancellationToken cancellationToken)
    {
        var (code, message) = await ReasonAsync(http, address, token, origin, cancellationToken);
        return code switch
        {
            "AUTHENTICATION_FAILED" => Finding.Bad(
                $"The hub lets nobody in without the right credentials: {message}",
                facts.TokenRequired ? "Ask whoever runs it for the token: kodama doctor HUB --token TOKEN" : "It has an authenticator of its own: ask whoever runs it how to log in."),
            "ORIGIN_NOT_ALLOWED" => Finding.Bad($"The hub does not let pages of {origin} in: {message}", $"Start it with --origin {origin}, or open the page from the hub itself."),
            "HOST_NOT_ALLOWED" => Finding.Bad($"The hub does not answer to the name {address.Host}: {message}", "Use its IP address, or let the name in: AllowedHosts in its configuration."),
            "HUB_STOPPING" => Finding.Bad("The hub is stopping.", "Start it again, or wait until it is back."),
            not null => Finding.Bad($"The hub opens no WebSocket: {message} ({code})", "The hub's own words say what to change."),
            _ when (int)status is 407 or 502 or 503 or 504 => Finding.Bad($"A proxy answered the handshake with status {(int)status}, and not the hub.", "Let it pass WebSockets (Upgrade and Connection headers), or go around it: connect to the hub's own address."),
            _ when status != 0 => Finding.Bad(
                $"The handshake was answered with status {(int)status} in place of 101, and not in the hub's words: a proxy in between, which does not pass WebSockets.",
                "Let it pass WebSockets (HTTP/1.1, Upgrade and Connection headers), or connect to the hub's own address."),
            _ => Finding.Bad($"A WebSocket does not open: {exception.InnerException?.Message ?? exception.Message}", "The hub answers HTTP, so something between cuts connections that stay: a proxy or a security program. Try without it, or over https."),
        };
    }

    // A handshake's refusal is read again as an ordinary answer, which has a body; the hub judges it in the same order.
    private static async Task<(string? Code, string? Message)> ReasonAsync(HubHttp http, Uri address, string? token, string? origin, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(address) { Scheme = address.Scheme == "wss" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (origin is not null) request.Headers.Add("Origin", origin);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            var error = body.RootElement.GetProperty("error");
            return (error.GetProperty("code").GetString(), error.GetProperty("message").GetString());
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, null);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    private static Finding? Proxy(Uri address) => HttpClient.DefaultProxy.GetProxy(address) is { } proxy && !HttpClient.DefaultProxy.IsBypassed(address)
        ? Finding.Note(
            $"Programs of this machine reach {address.Host} by the proxy {proxy.Authority}: it may not see the local network, or pass no WebSockets. (The doctor went around it.)",
            $"Leave the local network out of it: NO_PROXY={address.Host}, or the exceptions of the system's proxy settings.")
        : null;
}
