using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>A hub that has proved to be the one whose terminal showed the code.</summary>
/// <param name="Address">https, without a path.</param>
/// <param name="Name">As it calls itself.</param>
/// <param name="Fingerprint">For <see cref="KodamaConnectionOptions.CertificateFingerprint"/>.</param>
/// <param name="Token">For <see cref="KodamaConnectionOptions.Token"/>; null for a hub that asks for none.</param>
public sealed record PairedHub(Uri Address, string Name, string Fingerprint, string? Token);

/// <summary>Learns by six digits whom to trust, on a device that can scan no code (docs/specs/https.md).</summary>
public static class KodamaPairing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the hub for a code, which it shows to whoever runs it, and proves with it that both mean the same hub.</summary>
    /// <param name="address">https or wss, of a hub with an authority of its own.</param>
    /// <param name="readCode">Asks the user for the code; other characters than digits are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PairingException">The code was another, or this is not the hub that showed it.</exception>
    /// <exception cref="HubUnreachableException">Nothing answers there by https.</exception>
    /// <exception cref="HubProtocolException">What answers is no such hub.</exception>
    /// <exception cref="ArgumentException">The address is none of https.</exception>
    public static async Task<PairedHub> PairAsync(
        Uri address, Func<CancellationToken, ValueTask<string>> readCode, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(readCode);
        HubAddress.ThrowIfNotAHubs(address);
        if (address.Scheme is not ("https" or "wss")) throw new ArgumentException($"\"{address}\" is not https: pairing is about that.");
        var place = new Uri($"https://{address.Authority}");
        using var exchange = new Exchange(place);
        var session = (await exchange.PostAsync(new(), cancellationToken).ConfigureAwait(false)).Session ?? throw exchange.NoHub();
        var code = string.Concat((await readCode(cancellationToken).ConfigureAwait(false)).Where(char.IsAsciiDigit));
        if (code.Length != PairingProof.Digits)
        {
            await exchange.GiveUpAsync(session, cancellationToken).ConfigureAwait(false);
            throw new PairingException($"A code has {PairingProof.Digits} digits: begin again.");
        }
        var proof = new PairingProof(session, exchange.Fingerprint!, code);
        var last = new PairingMessage();
        for (var digit = 0; digit < PairingProof.Digits; digit++)
            last = await ProveAsync(exchange, proof, digit, cancellationToken).ConfigureAwait(false);
        return new PairedHub(place, last.Name ?? place.Authority, exchange.Fingerprint!, last.Token);
    }

    private static async Task<PairingMessage> ProveAsync(
        Exchange exchange, PairingProof proof, int digit, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(PairingProof.NonceSize);
        var commit = new PairingMessage(proof.Session, Convert.ToHexStringLower(proof.Commit(isHub: false, digit, nonce)));
        var committed = await exchange.PostAsync(commit, cancellationToken).ConfigureAwait(false);
        var reveal = new PairingMessage(proof.Session, Reveal: Convert.ToHexStringLower(nonce));
        var revealed = await exchange.PostAsync(reveal, cancellationToken).ConfigureAwait(false);
        try
        {
            if (committed.Commit is { } theirs && revealed.Reveal is { } shown
                && proof.Fits(isHub: true, digit, Convert.FromHexString(shown), Convert.FromHexString(theirs)))
                return revealed;
        }
        catch (FormatException)
        {
            // As little a proof as a wrong one.
        }
        throw new PairingException("What answers is not the hub that showed the code: somebody may be in between. Nothing was sent to it.");
    }

    /// <summary>Steps of one pairing, with whoever showed this certificate first.</summary>
    private sealed class Exchange : IDisposable
    {
        private readonly HttpClient client;
        private readonly Uri place;

        public Exchange(Uri place)
        {
            this.place = place;
            client = new HttpClient(new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                SslOptions =
                {
                    CertificateChainPolicy =
                        new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
                    // Whose it is, is what is to be proved.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null
                        && (Fingerprint ??= HubCertificate.Fingerprint(certificate)) == HubCertificate.Fingerprint(certificate),
                },
            })
            {
                BaseAddress = place,
                Timeout = Patience,
                MaxResponseContentBufferSize = 4096,
            };
        }

        public string? Fingerprint { get; private set; }

        public async Task<PairingMessage> PostAsync(PairingMessage message, CancellationToken cancellationToken)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync(
                    new Uri("/api/pair", UriKind.Relative), message, PairingJson.Default.PairingMessage, cancellationToken)
                    .ConfigureAwait(false);
                if (answer.StatusCode is HttpStatusCode.Forbidden)
                    throw new PairingException("The hub does not take this code: it is another, or its time is over. Begin again.");
                if (answer.StatusCode is HttpStatusCode.TooManyRequests)
                {
                    throw new PairingException(
                        "The hub pairs another device, which has two minutes, or was asked five times within ten: try again after that.");
                }
                if (!answer.IsSuccessStatusCode) throw NoHub();
                return await answer.Content.ReadFromJsonAsync(PairingJson.Default.PairingMessage, cancellationToken).ConfigureAwait(false)
                    ?? throw NoHub();
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
            {
                throw new HubProtocolException($"{place} speaks no https: start the hub with --https.", exception);
            }
            catch (HttpRequestException exception)
            {
                throw new HubUnreachableException(place.ToString(), exception.Message, exception);
            }
            catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HubUnreachableException(place.ToString(), "it does not answer.", exception);
            }
            catch (JsonException)
            {
                throw NoHub();
            }
        }

        /// <summary>Lets the hub pair others: a step that fits nothing ends the session.</summary>
        public async Task GiveUpAsync(string session, CancellationToken cancellationToken)
        {
            try
            {
                var nothing = Convert.ToHexStringLower(new byte[PairingProof.NonceSize]);
                await PostAsync(new PairingMessage(session, Reveal: nothing), cancellationToken).ConfigureAwait(false);
            }
            catch (KodamaClientException)
            {
                // That is the hub's answer; or it has gone.
            }
        }

        public HubProtocolException NoHub() => new(
            $"{place} does not pair: is it a hub of kodama serve --https, with a terminal that somebody can read?");

        public void Dispose() => client.Dispose();
    }
}
