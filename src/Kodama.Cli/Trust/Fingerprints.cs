namespace Kodama.Cli.Trust;

/// <summary>Fingerprints for people to compare.</summary>
internal static class Fingerprints
{
    /// <summary>In pairs, as devices show it: <c>1F:2E:...</c>.</summary>
    public static string Shown(string fingerprint) =>
        string.Join(':', fingerprint.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));
}
