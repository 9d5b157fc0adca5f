using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Cli.Hubs;
using Kodama.Client.Connecting;
using Kodama.Server;

namespace Kodama.Cli.Trust;

/// <summary>The authority of a hub on another machine, as whoever answers there tells it: nothing is proved until a person has compared
/// its fingerprint.</summary>
internal static class OtherMachine
{
    private const string File = "trust/kodama.crt";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The hub's address; with a link that holds a fingerprint, that too.</summary>
    /// <exception cref="CommandException">It is no address.</exception>
    public static (Uri Hub, string? Fingerprint) Parse(string text)
    {
        try
        {
            if (!HubAddress.TryParse(text, out var written))
                throw new ArgumentException($"\"{text}\" is no address: write it as 192.168.1.20:8080.");
            var (address, fingerprint, _) = HubAddress.LiftLink(HubAddress.LiftToken(written).Address);
            // The page that serve tells people to open is at the hub too.
            return (HubPlace.BaseOf(address, address.AbsolutePath.TrimEnd('/') == "/trust" ? "/" : address.AbsolutePath), fingerprint);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
    }

    /// <exception cref="CommandException">There is none that could be trusted.</exception>
    public static async Task<TrustedRoot> FetchAsync(Uri hub, CancellationToken cancellationToken)
    {
        using var http = new HubHttp(hub, Patience);
        try
        {
            using var answer = await http.GetAsync(File, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new CommandException(ExitCode.BadCertificate, $"{hub} has no authority of its own: it runs without --https.");
            var certificate = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            using var read = X509CertificateLoader.LoadCertificate(certificate);
            // Else whoever answers there could be anybody on the internet, for who trusts it.
            if (!HubAuthority.IsAuthority(read))
            {
                throw new CommandException(
                    ExitCode.BadCertificate, $"what {hub} shows is no authority for local names and addresses alone.");
            }
            return new(
                read.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                read.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
                read.NotAfter, read.RawData, $"kodama trust {hub}");
        }
        catch (CryptographicException exception)
        {
            throw new CommandException(ExitCode.BadCertificate, $"what {hub} shows is no certificate.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CommandException(ExitCode.NotConnected, $"{hub} cannot be asked: {exception.Message}", exception);
        }
    }
}
