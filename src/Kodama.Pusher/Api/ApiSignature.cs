using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Pusher;

/// <summary>Whether a request of the HTTP API is signed by its app (docs/specs/pusher.md, H1).</summary>
internal static class ApiSignature
{
    private const string Signature = "auth_signature";
    private const long MostSecondsApart = 600;

    /// <summary>What is wrong with it; null for nothing.</summary>
    public static string? Refuse(HttpContext context, App app, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        // What is not read is not signed.
        if (context.Request.QueryString.Value.AsSpan().Count('&') >= ApiQuery.MaxPairs)
            return $"A query has at most {ApiQuery.MaxPairs} parameters.";
        var query = ApiQuery.Read(context.Request.QueryString.Value);
        if (!query.TryFind("auth_key", out var key) || !key.SequenceEqual(app.Key)) return "auth_key is not this app's key.";
        if (!query.TryFind("auth_version", out var version) || version is not "1.0") return "auth_version must be 1.0.";
        if (!query.TryFind("auth_timestamp", out var time)
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "auth_timestamp must be the seconds since 1970.";
        }
        var own = now.ToUnixTimeSeconds();
        if (seconds < own - MostSecondsApart || seconds > own + MostSecondsApart)
            return $"auth_timestamp is more than {MostSecondsApart} s from the hub's clock, which is at {own}.";
        if (query.TryFind("body_md5", out var md5))
        {
            if (!IsMd5(md5, body)) return "body_md5 is not the MD5 of the body.";
        }
        else if (!body.IsEmpty)
        {
            return "body_md5 is missing: it is the MD5 of the body.";
        }
        if (!query.TryFind(Signature, out var given)) return "auth_signature is missing.";
        var path = PathOf(context);
        using var signed = JsonBuffer.Rent();
        query.WriteSigned(signed, context.Request.Method, path, Signature);
        if (app.IsSignature(given, signed.Written)) return null;
        // Some SDKs sign the path as it goes over the wire, others as it is meant.
        if (path.Contains('%', StringComparison.Ordinal))
        {
            using var decoded = JsonBuffer.Rent();
            query.WriteSigned(decoded, context.Request.Method, Uri.UnescapeDataString(path), Signature);
            if (app.IsSignature(given, decoded.Written)) return null;
        }
        var shown = Encoding.UTF8.GetString(signed.Written).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"Invalid signature: expected the HMAC-SHA256, in hexadecimal, of \"{shown}\".";
    }

    /// <summary>A request's path as it goes over the wire.</summary>
    public static string PathOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var end = target.IndexOf('?', StringComparison.Ordinal);
        return end < 0 ? target : target[..end];
    }

    private static bool IsMd5(ReadOnlySpan<char> given, ReadOnlySpan<byte> body)
    {
        Span<byte> said = stackalloc byte[MD5.HashSizeInBytes];
        if (given.Length != 2 * said.Length || Convert.FromHexString(given, said, out _, out _) != OperationStatus.Done) return false;
        Span<byte> own = stackalloc byte[MD5.HashSizeInBytes];
        // The protocol's choice. What protects the request is the signature, by HMAC-SHA256.
#pragma warning disable CA5351
        MD5.HashData(body, own);
#pragma warning restore CA5351
        return CryptographicOperations.FixedTimeEquals(said, own);
    }
}
