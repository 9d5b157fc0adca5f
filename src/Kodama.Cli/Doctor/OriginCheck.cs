using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Doctor;

/// <summary>Whether pages of an origin may open a WebSocket: a handshake as a browser sends it, which no client of a program
/// does.</summary>
internal static class OriginCheck
{
    private const string Refused = "ORIGIN_NOT_ALLOWED";
    private const int LongestRefusal = 16 * 1024;

    public static async Task<Finding?> RunAsync(HubPlace place, HubHttp http, string origin, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, place.Socket(WebSocketCheck.OwnRoom()));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        try
        {
            if (!IsOrigin(origin) || !request.Headers.TryAddWithoutValidation("Origin", origin)) throw new FormatException();
            using var answer = await http.OpenAsync(request, cancellationToken);
            // The origin is judged before the token is: whatever else is answered, the origin is allowed.
            return answer.StatusCode == HttpStatusCode.Forbidden && await ReasonAsync(answer, cancellationToken) is { } message
                ? Finding.Bad(
                    $"The hub does not let pages of {origin} in: {message}",
                    $"Start it with --origin {origin}, or open the page from the hub itself.")
                : Finding.Good($"Pages of {origin} may use the hub.");
        }
        catch (FormatException)
        {
            return Finding.Bad($"\"{origin}\" is no origin.", "Write it as a browser sends it: https://app.example");
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    // "null" is what browsers say of a page that was opened from a file.
    private static bool IsOrigin(string text) => text == "null"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Host.Length: > 0, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" });

    private static async Task<string?> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = new byte[LongestRefusal];
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            var error = JsonElement.Parse(body.AsSpan(0, length)).GetProperty("error"u8);
            return error.GetProperty("code"u8).GetString() == Refused ? error.GetProperty("message"u8).GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
