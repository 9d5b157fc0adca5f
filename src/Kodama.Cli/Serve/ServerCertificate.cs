using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Server;

namespace Kodama.Cli.Serve;

/// <summary>The certificate of an https hub, with its private key and the intermediate ones that its file holds.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly X509Certificate2 leaf;
    private readonly X509Certificate2Collection chain;

    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        this.leaf = leaf;
        this.chain = chain;
    }

    /// <summary>What a person should know of a certificate that can be used all the same.</summary>
    public string? Warning =>
        DateTime.Now > leaf.NotAfter ? $"the certificate expired on {leaf.NotAfter:yyyy-MM-dd}: clients will refuse it." : null;

    /// <summary>Null, when none is asked for.</summary>
    /// <exception cref="CommandException">It is missing, unreadable, or does not fit its key or password.</exception>
    public static ServerCertificate? Load(TlsOptions options)
    {
        if (options.Certificate is not { } file)
        {
            return options.Key is null && options.Password is null
                ? null
                : throw new CommandException(
                    ExitCode.BadOption, "--tls-key and --tls-password are of no use without a certificate: give --tls-cert FILE.");
        }
        var content = Read(file, "--tls-cert");
        try
        {
            return content.Contains("-----BEGIN ", StringComparison.Ordinal) ? FromPem(file, content, options) : FromPkcs12(file, options);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw Bad(options.Password is null
                ? $"{file} cannot be used: {exception.Message} If it needs a password, give --tls-password."
                : $"{file} cannot be opened: wrong password, or not a certificate with its key ({exception.Message}).", exception);
        }
    }

    /// <summary>The hub speaks https with it.</summary>
    public void Use(KodamaOptions hub) => hub.UseHttps(leaf, chain);

    public void Dispose()
    {
        leaf.Dispose();
        foreach (var certificate in chain) certificate.Dispose();
    }

    private static ServerCertificate FromPem(string file, string content, TlsOptions options)
    {
        var keyFile = options.Key ?? file;
        var key = options.Key is null ? content : Read(options.Key, "--tls-key");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Bad($"{keyFile} holds no private key: give the file that does with --tls-key.");
        // Throws, if it is no certificate: what is wrong below is so with the key.
        X509Certificate2.CreateFromPem(content).Dispose();
        var leaf = WithKey(file, content, keyFile, key, options.Password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(content);
        // Windows cannot serve with a key that was never in a key store.
        if (OperatingSystem.IsWindows()) leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
        return new ServerCertificate(leaf, chain);
    }

    private static X509Certificate2 WithKey(string file, string certificate, string keyFile, string key, string? password)
    {
        try
        {
            return password is null
                ? X509Certificate2.CreateFromPem(certificate, key)
                : X509Certificate2.CreateFromEncryptedPem(certificate, key, password);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            var isEncrypted = key.Contains("ENCRYPTED", StringComparison.Ordinal);
            throw Bad(
                password is null && isEncrypted ? $"The key in {keyFile} needs a password: give --tls-password."
                : password is not null && !isEncrypted ? $"The key in {keyFile} has no password: leave out --tls-password."
                : IsKey(key, password) ? $"The key in {keyFile} is not that of {file}: give the one that was made with the certificate."
                : password is null ? $"The key in {keyFile} cannot be read: it is damaged, or not a PEM of RSA or ECDSA."
                : $"The key in {keyFile} cannot be opened: wrong password, or it is damaged.",
                exception);
        }
    }

    private static bool IsKey(string pem, string? password)
    {
        foreach (AsymmetricAlgorithm algorithm in (AsymmetricAlgorithm[])[RSA.Create(), ECDsa.Create()])
        {
            using (algorithm)
            {
                try
                {
                    if (password is null) algorithm.ImportFromPem(pem);
                    else algorithm.ImportFromEncryptedPem(pem, password);
                    return true;
                }
                catch (Exception exception) when (exception is CryptographicException or ArgumentException)
                {
                    // Of another algorithm, perhaps.
                }
            }
        }
        return false;
    }

    private static ServerCertificate FromPkcs12(string file, TlsOptions options)
    {
        if (options.Key is not null) throw Bad($"{file} is not PEM, and --tls-key goes with PEM only: a PFX holds its own key.");
        var chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, options.Password);
        var leaf = chain.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw Bad($"{file} holds no private key: export the PFX together with it.");
        return new ServerCertificate(leaf, chain);
    }

    private static string Read(string file, string option)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            var what = exception is FileNotFoundException or DirectoryNotFoundException
                ? "does not exist"
                : $"cannot be read: {exception.Message.TrimEnd('.')}";
            var path = exception is ArgumentException ? $"\"{file}\"" : Path.GetFullPath(file);
            throw Bad($"{option} {path} {what}. Give the path of a PEM or PFX file.", exception);
        }
    }

    private static CommandException Bad(string message, Exception? inner = null) => new(ExitCode.BadCertificate, message, inner);
}
