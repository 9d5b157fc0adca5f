using System.Security.Cryptography;

namespace Kodama.Cli.Trust;

/// <summary>The roots of a Linux distribution: a file in a folder, and a program that gathers them.</summary>
internal sealed class SystemRoots(string folder, string update) : ITrustStore
{
    public string Name => $"The system ({folder})";

    public async Task<string?> AddAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(
                FileOf(root), PemEncoding.WriteString("CERTIFICATE", root.Certificate.Span) + "\n", cancellationToken);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return $"needs root: sudo {root.Command}";
        }
        return await UpdateAsync(cancellationToken);
    }

    public async Task<string?> RemoveAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        var file = FileOf(root);
        if (!File.Exists(file)) return null;
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return $"needs root: sudo {root.Command} --remove";
        }
        return await UpdateAsync(cancellationToken);
    }

    private string FileOf(TrustedRoot root) => Path.Combine(folder, $"kodama-{root.Fingerprint[..8]}.crt");

    private async Task<string?> UpdateAsync(CancellationToken cancellationToken) =>
        await TrustProgram.RunAsync(update, [], cancellationToken) is { } wrong ? $"{update} has failed: {wrong}" : null;
}
