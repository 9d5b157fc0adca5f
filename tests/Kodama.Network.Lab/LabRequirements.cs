namespace Kodama.Network.Lab;

/// <summary>What a machine needs for this.</summary>
public static class LabRequirements
{
    private static readonly (string Tool, string Package)[] Tools =
    [
        ("ip", "iproute2"), ("bridge", "iproute2"), ("ping", "iputils-ping"), ("nft", "nftables"), ("nsenter", "util-linux"),
        ("dbus-daemon", "dbus"), ("avahi-daemon", "avahi-daemon"), ("avahi-browse", "avahi-utils"),
    ];

    /// <summary>What is missing here and how to get it, or null if all is there.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux()) return "network namespaces exist on Linux only; run these tests there";
        if (!Environment.IsPrivilegedProcess) return $"network namespaces need root, and this is {Environment.UserName}; run as root";
        var missing = Tools.Where(tool => Find(tool.Tool) is null).ToList();
        var packages = missing.Select(tool => tool.Package).Distinct();
        return missing.Count == 0
            ? null
            : $"{string.Join(", ", missing.Select(tool => tool.Tool))} missing; apt-get install {string.Join(' ', packages)}";
    }

    /// <summary>Where a tool is; the folders of root's tools are looked through even if PATH lacks them.</summary>
    internal static string? Find(string tool) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
