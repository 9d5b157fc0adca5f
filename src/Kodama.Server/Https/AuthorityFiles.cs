using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Server;

/// <summary>Where an authority is kept: its certificate, and its key, which nobody but its owner may read where the system knows such
/// rights by mode.</summary>
internal sealed class AuthorityFiles(string folder)
{
    private readonly string certificateFile = Path.Combine(folder, "authority.pem");
    private readonly string keyFile = Path.Combine(folder, "authority.key");

    /// <summary>The certificate with its key; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or its key can be read by others.</exception>
    public X509Certificate2? Read()
    {
        if (!File.Exists(certificateFile) && !File.Exists(keyFile)) return null;
        if (File.Exists(keyFile) && FileRights.AreOthers(keyFile))
            throw new InvalidDataException($"{keyFile} can be read by others, who could vouch for machines of your network: chmod 600 it.");
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile), File.ReadAllText(keyFile));
        }
        catch (Exception exception) when (exception is CryptographicException or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"{folder} holds no authority that can be used: remove it, and another is made, which must be trusted anew.", exception);
        }
    }

    public void Write(X509Certificate2 certificate)
    {
        FileRights.MakeFolder(folder);
        using var key = certificate.GetECDsaPrivateKey()!;
        // The key first: without it the certificate would be taken for a damaged one.
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        Write(certificateFile, certificate.ExportCertificatePem());
    }

    private static void Write(string file, string text)
    {
        using var writer = new StreamWriter(file, FileRights.Options(FileMode.CreateNew, FileAccess.Write));
        writer.WriteLine(text);
    }
}
