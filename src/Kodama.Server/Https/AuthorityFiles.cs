using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Server;

/// <summary>Where an authority is kept: its certificate, and its key, which nobody but its owner may read where the system knows such
/// rights by mode.</summary>
internal sealed class AuthorityFiles(string folder)
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly string certificateFile = Path.Combine(folder, "authority.pem");
    private readonly string keyFile = Path.Combine(folder, "authority.key");

    /// <summary>The certificate with its key; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or its key can be read by others.</exception>
    public X509Certificate2? Read()
    {
        if (!File.Exists(certificateFile) && !File.Exists(keyFile)) return null;
        if (!OperatingSystem.IsWindows() && File.Exists(keyFile) && (File.GetUnixFileMode(keyFile) & Others) != 0)
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
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Mine | UnixFileMode.UserExecute);
        using var key = certificate.GetECDsaPrivateKey()!;
        // The key first: without it the certificate would be taken for a damaged one.
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        Write(certificateFile, certificate.ExportCertificatePem());
    }

    private static void Write(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
        using var writer = new StreamWriter(file, options);
        writer.WriteLine(text);
    }
}
