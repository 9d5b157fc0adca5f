using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>POST /api/pair</c> (docs/specs/https.md).</summary>
internal sealed class PairingEndpoint(HubPairing pairing, KodamaOptions options, RequestGuard guard, KodamaMetrics metrics)
{
    private const int LongestBody = 1024;

    private static readonly HttpError BadRequest =
        new("BAD_REQUEST", "This is no step of pairing (docs/specs/https.md).", StatusCodes.Status400BadRequest);

    private static readonly HttpError InClear =
        new("HTTPS_REQUIRED", "Pairing is by https: what it proves is whose certificate that is.", StatusCodes.Status403Forbidden);

    private static readonly HttpError Closed =
        new("NOT_FOUND", "Nobody watches this hub to read a code.", StatusCodes.Status404NotFound);

    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapMethods("/api/pair", [HttpMethods.Post, HttpMethods.Options], guard.PublicApi(HandleAsync))
        .WithMetadata(new KodamaPrefix("")).WithOrder(1);

    private async Task HandleAsync(HttpContext context)
    {
        var error = !context.Request.IsHttps ? InClear : !pairing.IsOpen ? Closed : null;
        var answer = error is null ? await AnswerAsync(context) : (error, null);
        if (answer.Error is { } refused)
        {
            metrics.Refused("pairing");
            HttpError.EndConnection(context);
            await refused.WriteAsync(context);
            return;
        }
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(answer.Body!, ApiJson.Types.PairingAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task<(HttpError? Error, PairingAnswer? Body)> AnswerAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } asked) return (BadRequest, null);
        switch (asked)
        {
            case { Session: null, Commit: null, Reveal: null }:
                var begun = pairing.Begin(RemoteAddress.Of(context), out var session);
                return (begun, new PairingAnswer(Session: session));
            case { Session: { } of, Commit: { } commit, Reveal: null }:
                if (TryDecode(commit) is not { } commitment) return (BadRequest, null);
                var committed = pairing.Commit(of, commitment, out var ours);
                return (committed, new PairingAnswer(Commit: Convert.ToHexStringLower(ours)));
            case { Session: { } of, Commit: null, Reveal: { } reveal }:
                if (TryDecode(reveal) is not { } nonce) return (BadRequest, null);
                var revealed = pairing.Reveal(of, nonce, out var own, out var isDone);
                var body = new PairingAnswer(Reveal: Convert.ToHexStringLower(own));
                return (revealed, isDone ? body with { Name = options.Name, Token = options.Token } : body);
            default:
                return (BadRequest, null);
        }
    }

    // SHA-256 and nonces are of one length.
    private static byte[]? TryDecode(string hex) =>
        hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;

    private static async Task<PairingStep?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LongestBody;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Types.PairingStep, context.RequestAborted);
        }
        catch (Exception exception) when (exception is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }
}
