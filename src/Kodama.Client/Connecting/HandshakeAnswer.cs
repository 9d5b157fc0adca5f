using System.Net;
using System.Text.Json;

namespace Kodama.Client.Connecting;

/// <summary>Sees the hub's answer to the handshake as <see cref="System.Net.WebSockets.ClientWebSocket"/> does, which does not tell the
/// body of a refusal.</summary>
internal sealed class HandshakeAnswer(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>In an answer that accepts: the peer is refused, and the close frame with the reason follows
    /// (docs/specs/websocket.md).</summary>
    private const string RefusedHeader = "Kodama-Refused";

    /// <summary>In an answer that accepts: where the other hubs of the cluster are.</summary>
    private const string HubsHeader = "Kodama-Hubs";

    private const int MaxBody = 16 * 1024;

    /// <summary>The status, if the answer was not 101.</summary>
    public HttpStatusCode? Status { get; private set; }

    /// <summary>The body's <c>error.code</c>, if it has one.</summary>
    public string? Code { get; private set; }

    /// <summary>The body's <c>error.message</c>, or the status in words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Whether a refusal follows as a close frame.</summary>
    public bool IsRefusedPeer { get; private set; }

    /// <summary>Where the other hubs are.</summary>
    public OtherHubs Others { get; private set; } = OtherHubs.None;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            if (response.Headers.TryGetValues(HubsHeader, out var told)) Others = OtherHubs.Of(string.Join(',', told));
            IsRefusedPeer = response.Headers.Contains(RefusedHeader);
            return response;
        }
        Status = response.StatusCode;
        Reason = RemoteText.Printable(response.ReasonPhrase ?? "");
        try
        {
            await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or IOException or HttpRequestException or InvalidOperationException)
        {
            // Not a hub's body; the status says enough.
        }
        return response;
    }

    private async Task ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[MaxBody];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var error = JsonElement.Parse(body.AsSpan(0, length)).GetProperty("error"u8);
        var code = error.GetProperty("code"u8).GetString();
        var message = error.GetProperty("message"u8).GetString();
        Code = code is null ? null : RemoteText.Printable(code);
        if (message is not null) Reason = RemoteText.Printable(message);
    }
}
