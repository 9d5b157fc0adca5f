namespace Kodama.Cli.Trust;

/// <summary>Those that this machine has.</summary>
internal static class TrustStores
{
    private static readonly (string Folder, string Update)[] OfDistributions =
    [
        ("/usr/local/share/ca-certificates", "update-ca-certificates"),
        ("/etc/pki/ca-trust/source/anchors", "update-ca-trust"),
    ];

    public static IReadOnlyList<ITrustStore> All()
    {
        if (OperatingSystem.IsWindows()) return [new UserRoots("Windows, this user")];
        if (OperatingSystem.IsMacOS()) return [new LoginKeychain()];
        return
        [
            .. OfDistributions.Where(d => Directory.Exists(d.Folder)).Take(1).Select(d => new SystemRoots(d.Folder, d.Update)),
            .. NssDatabases().Select(folder => new NssDatabase(folder)),
            new UserRoots(".NET, this user"),
        ];
    }

    // Chromium has one for all its profiles, Firefox one in each.
    private static IEnumerable<string> NssDatabases()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        yield return Path.Combine(home, ".pki", "nssdb");
        string[] firefoxes = [".mozilla/firefox", "snap/firefox/common/.mozilla/firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox"];
        foreach (var folder in firefoxes.Select(f => Path.Combine(home, f)).Where(Directory.Exists))
        {
            foreach (var profile in Directory.EnumerateDirectories(folder).Where(p => File.Exists(Path.Combine(p, "cert9.db"))))
                yield return profile;
        }
    }
}
