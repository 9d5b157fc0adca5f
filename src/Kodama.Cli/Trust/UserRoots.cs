using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Cli.Trust;

/// <summary>The user's roots as .NET has them: on Windows those of all programs, on Linux .NET's own.</summary>
internal sealed class UserRoots(string name) : ITrustStore
{
    public string Name => name;

    public Task<string?> AddAsync(TrustedRoot root, CancellationToken cancellationToken) =>
        Task.FromResult(Change(root, (store, certificate) => store.Add(certificate)));

    public Task<string?> RemoveAsync(TrustedRoot root, CancellationToken cancellationToken) =>
        Task.FromResult(Change(root, (store, certificate) => store.Remove(certificate)));

    private static string? Change(TrustedRoot root, Action<X509Store, X509Certificate2> change)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(root.Certificate.Span);
            using var store = new X509Store(StoreName.Root, StoreLocation.CurrentUser);
            store.Open(OpenFlags.ReadWrite);
            change(store, certificate);
            return null;
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }
}
