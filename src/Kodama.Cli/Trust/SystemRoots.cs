using System.Security.Cryptography;
using Kodama.Server;

namespace Kodama.Cli.Trust;

/// <summary>The roots of a Linux distribution: a file in a folder, and a program that gathers them.</summary>
internal sealed class SystemRoots(string folder, string update) : ITrustStore
{
    public string Name => $"The system ({folder})";

    public async Task<string?> AddAsync(HubAuthority authority, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(
                FileOf(authority), PemEncoding.WriteString("CERTIFICATE", authority.Certificate.Span) + "\n", cancellationToken);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return NeedsRoot("kodama trust");
        }
        return await UpdateAsync(cancellationToken);
    }

    public async Task<string?> RemoveAsync(HubAuthority authority, CancellationToken cancellationToken)
    {
        var file = FileOf(authority);
        if (!File.Exists(file)) return null;
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return NeedsRoot("kodama trust --remove");
        }
        return await UpdateAsync(cancellationToken);
    }

    private string FileOf(HubAuthority authority) => Path.Combine(folder, $"kodama-{authority.Fingerprint[..8]}.crt");

    // Another user has another configuration folder: the data folder says which authority is meant.
    private static string NeedsRoot(string command) => $"needs root: sudo {command} --data FOLDER, with the folder that --show tells";

    private async Task<string?> UpdateAsync(CancellationToken cancellationToken) =>
        await TrustProgram.RunAsync(update, [], cancellationToken) is { } wrong ? $"{update} has failed: {wrong}" : null;
}
