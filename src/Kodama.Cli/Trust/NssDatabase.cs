namespace Kodama.Cli.Trust;

/// <summary>The roots of Chromium or of a profile of Firefox, in a database of NSS.</summary>
internal sealed class NssDatabase(string folder) : ITrustStore
{
    private const string Program = "certutil";
    private const string Missing = "needs certutil: apt install libnss3-tools, or dnf install nss-tools";

    public string Name => $"Browsers ({folder})";

    public async Task<string?> AddAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        if (!TrustProgram.Exists(Program)) return Missing;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            if (await TrustProgram.RunAsync(Program, ["-d", Database, "-N", "--empty-password"], cancellationToken) is { } wrong)
                return wrong;
        }
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, root.Certificate.ToArray(), cancellationToken);
            // C: a trusted authority of servers. The same again replaces what is there.
            return await TrustProgram.RunAsync(
                Program, ["-d", Database, "-A", "-t", "C,,", "-n", root.Name, "-i", file], cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async Task<string?> RemoveAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return null;
        if (!TrustProgram.Exists(Program)) return Missing;
        var isThere = await TrustProgram.RunAsync(Program, ["-d", Database, "-L", "-n", root.Name], cancellationToken) is null;
        return isThere ? await TrustProgram.RunAsync(Program, ["-d", Database, "-D", "-n", root.Name], cancellationToken) : null;
    }

    private string Database => $"sql:{folder}";
}
