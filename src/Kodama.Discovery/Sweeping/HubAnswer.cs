namespace Kodama.Discovery;

/// <summary>What a hub said when it was asked <c>GET /</c>.</summary>
internal sealed record HubAnswer(
    SweepTarget Target, string? Id, string Path, string? CertificateFingerprint, IReadOnlyDictionary<string, string> Details,
    TimeSpan Latency)
{
    /// <summary>To which it belongs.</summary>
    public string? Cluster { get; init; }

    /// <summary>Whether the head can be a hub's: what follows need not be read else.</summary>
    public static bool CanBe(HttpResponseReader response) =>
        response.Status == 200 && response.Header("Server") is { } server && server.Contains("local-websocket/", StringComparison.Ordinal);

    public static HubAnswer? From(HttpResponseReader response, SweepTarget target, string? fingerprint, TimeSpan latency)
    {
        if (!CanBe(response) || DetailsJson.Parse(response.Body) is not { } details) return null;
        var id = response.Header("Kodama-Id");
        return new(target, HubFields.IsId(id) ? id : null, HubFields.PathOf(response.Header("Kodama-Path")), fingerprint, details, latency)
        {
            Cluster = HubFields.ClusterOf(response.Header("Kodama-Cluster")),
        };
    }
}
