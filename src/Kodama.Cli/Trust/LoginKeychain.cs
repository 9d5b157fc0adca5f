namespace Kodama.Cli.Trust;

/// <summary>The keychain of a user of macOS, which asks for their password.</summary>
internal sealed class LoginKeychain : ITrustStore
{
    private const string Program = "security";

    public string Name => "macOS, this user's login keychain";

    public async Task<string?> AddAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, root.Certificate.ToArray(), cancellationToken);
            return await TrustProgram.RunAsync(
                Program, ["add-trusted-cert", "-r", "trustRoot", "-k", Keychain, file], cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async Task<string?> RemoveAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        var isThere = await TrustProgram.RunAsync(Program, ["find-certificate", "-c", root.Name, Keychain], cancellationToken) is null;
        // By its hash: a name may be anybody's.
        string[] delete = ["delete-certificate", "-Z", root.Fingerprint.ToUpperInvariant(), "-t", Keychain];
        return isThere ? await TrustProgram.RunAsync(Program, delete, cancellationToken) : null;
    }

    private static string Keychain =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library/Keychains/login.keychain-db");
}
