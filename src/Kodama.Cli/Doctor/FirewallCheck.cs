namespace Kodama.Cli.Doctor;

/// <summary>Firewalls of this machine that may keep others out. Reads only, and runs nothing that changes anything.</summary>
internal static class FirewallCheck
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        IEnumerable<Finding> findings =
            OperatingSystem.IsLinux() ? await LinuxFirewall.LookAsync(ports, cancellationToken)
            : OperatingSystem.IsWindows() ? await WindowsFirewall.LookAsync(ports, cancellationToken)
            : OperatingSystem.IsMacOS() ? await MacFirewall.LookAsync(cancellationToken)
            : [];
        var seen = findings.ToList();
        return seen.Count > 0
            ? seen
            : [Finding.Note(
                "No firewall of this machine was seen. "
                    + "A router or an access point may have one: "
                    + $"hubs need TCP port {string.Join(", ", ports)} and UDP port 5353 (multicast).")];
    }
}
