using Kodama.Server;

namespace Kodama.Cli.Trust;

/// <summary>A hub's authority, of this machine's or of another's, as stores of roots take it.</summary>
/// <param name="Name">What devices show it as.</param>
/// <param name="Fingerprint">SHA-256 of its certificate, in lower-case hexadecimal.</param>
/// <param name="NotAfter">Until when it is valid.</param>
/// <param name="Certificate">In DER.</param>
/// <param name="Command">What another user would write to trust the same.</param>
internal sealed record TrustedRoot(
    string Name, string Fingerprint, DateTimeOffset NotAfter, ReadOnlyMemory<byte> Certificate, string Command)
{
    /// <summary>That of this machine's hub. Another user has another configuration folder: the folder says which is meant.</summary>
    public static TrustedRoot Of(HubAuthority authority) => new(
        authority.Name, authority.Fingerprint, authority.NotAfter, authority.Certificate,
        $"kodama trust --data {Path.GetDirectoryName(authority.Folder)}");
}
