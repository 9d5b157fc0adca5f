using System.Net.Security;
using Kodama.Discovery;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Kodama.Cli.Hubs;

/// <summary>Asks a hub over HTTP, directly and not by a proxy, and remembers what certificate it showed. Answers are bounded.</summary>
internal sealed class HubHttp : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;

    private readonly HttpClient client;

    /// <param name="baseAddress">The hub's, with a slash at the end.</param>
    /// <param name="patience">How long one answer may take to begin.</param>
    /// <param name="trusts">Whether to speak to a server that shows this fingerprint with these errors; null for any, to look at
    /// it.</param>
    public HubHttp(Uri baseAddress, TimeSpan patience, Func<string, SslPolicyErrors, bool>? trusts = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions =
            {
                // A stranger's certificate must not send this machine anywhere to fetch its issuer.
                CertificateChainPolicy =
                    new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    Fingerprint = certificate is null ? null : HubCertificate.Fingerprint(certificate);
                    TrustErrors = errors;
                    return Fingerprint is not null && trusts?.Invoke(Fingerprint, errors) != false;
                },
            },
        };
        client = new HttpClient(handler) { BaseAddress = baseAddress, Timeout = patience, MaxResponseContentBufferSize = LongestAnswer };
    }

    /// <summary>SHA-256 of the certificate that was shown; null over plain http.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>Why the system does not trust it.</summary>
    public SslPolicyErrors TrustErrors { get; private set; }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) =>
        client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);

    /// <summary>An answer whose body is read as it comes, and is not bounded here.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>What the hub tells of itself; null, when what answers is no hub.</summary>
    public async Task<HubFacts?> FactsAsync(CancellationToken cancellationToken)
    {
        using var answer = await GetAsync("api/hub", cancellationToken);
        return answer.IsSuccessStatusCode ? await ReadFactsAsync(answer, cancellationToken) : null;
    }

    /// <summary>The body read as a hub's. As bytes: JSON is UTF-8, whatever charset a stranger claims.</summary>
    /// <exception cref="JsonException">It is no hub's.</exception>
    public static async Task<HubFacts> ReadFactsAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), HubFactsJson.Default.HubFacts)
            ?? throw new JsonException("It is null.");

    public void Dispose() => client.Dispose();
}
