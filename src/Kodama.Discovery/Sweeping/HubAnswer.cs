namespace Kodama.Discovery;

/// <summary>What a hub said when it was asked <c>GET /</c>.</summary>
internal sealed record HubAnswer(
    SweepTarget Target, string? Id, string Path, string? CertificateFingerprint, IReadOnlyDictionary<string, string> Details, TimeSpan Latency)
{
    private const int MaxId = 64;
    private const int MaxPath = 256;

    /// <summary>Whether the head can be a hub's: what follows need not be read else.</summary>
    public static bool CanBe(HttpResponseReader response) =>
        response.Status == 200 && response.Header("Server") is { } server && server.Contains("local-websocket/", StringComparison.Ordinal);

    public static HubAnswer? From(HttpResponseReader response, SweepTarget target, string? fingerprint, TimeSpan latency)
    {
        if (!CanBe(response) || DetailsJson.Parse(response.Body) is not { } details) return null;
        return new(target, IdOf(response), PathOf(response), fingerprint, details, latency);
    }

    private static string? IdOf(HttpResponseReader response) =>
        response.Header("Kodama-Id") is { Length: > 0 and <= MaxId } id && id.All(char.IsAsciiLetterOrDigit) ? id : null;

    private static string PathOf(HttpResponseReader response) =>
        response.Header("Kodama-Path") is { Length: <= MaxPath } path && path.StartsWith('/') && Uri.IsWellFormedUriString(path, UriKind.Relative)
            ? path
            : "/ws";
}
