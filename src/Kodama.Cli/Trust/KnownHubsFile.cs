namespace Kodama.Cli.Trust;

/// <summary>Where the hubs are kept that this user has met, in the user's configuration.</summary>
internal static class KnownHubsFile
{
    public static string Path => System.IO.Path.Combine(ConfigFolder.Path, "known-hubs");
}
