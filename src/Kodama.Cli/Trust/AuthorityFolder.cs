namespace Kodama.Cli.Trust;

/// <summary>Where the authority of this machine's hub is: with its data, or in the user's configuration.</summary>
internal static class AuthorityFolder
{
    public static string Of(string? data) => ConfigFolder.Of(data, "https");
}
