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

    private const int MaxBody = 16 * 1024;

    /// <summary>The status, if the answer was not 101.</summary>
    public HttpStatusCode? Status { get; private set; }

    /// <summary>The body's <c>error.code</c>, if it has one.</summary>
    public string? Code { get; private set; }

    /// <summary>The body's <c>error.message</c>, or the status in words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Whether a refusal follows as a close frame.</summary>
    public bool IsRefusedPeer { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
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
