namespace Kodama.Cli.Doctor;

/// <summary>ufw, firewalld, and bare nftables.</summary>
internal static class LinuxFirewall
{
    private const string UfwConfiguration = "/etc/ufw/ufw.conf";

    public static async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        var ufw = ReadIfAllowed(UfwConfiguration);
        var firewalld = Directory.Exists("/run/firewalld") || File.Exists("/run/firewalld.pid");
        var rules = await SystemCommand.OutputAsync("nft", ["list", "ruleset"], cancellationToken);
        return [.. Judge(ufw, firewalld, rules, ports)];
    }

    /// <summary>What follows from ufw's configuration, a running firewalld, and the rules of nftables; null for what cannot be
    /// read.</summary>
    public static IEnumerable<Finding> Judge(string? ufw, bool firewalld, string? rules, IReadOnlyList<int> ports)
    {
        var known = false;
        if (ufw is not null && ufw.Split('\n').Any(line => line.Trim().Equals("ENABLED=yes", StringComparison.OrdinalIgnoreCase)))
        {
            known = true;
            yield return Finding.Note(
                "ufw is on: it keeps out what is not allowed.",
                $"If other devices cannot join: sudo ufw allow {string.Join(',', ports)}/tcp && sudo ufw allow 5353/udp");
        }
        if (firewalld)
        {
            known = true;
            yield return Finding.Note(
                "firewalld is on: it keeps out what the interface's zone does not allow.",
                "If other devices cannot join: "
                    + $"sudo firewall-cmd {string.Concat(ports.Select(port => $"--add-port={port}/tcp "))}--add-service=mdns, "
                    + "and again with --permanent to keep it.");
        }
        if (!known && rules is not null && DropsInput(rules))
        {
            yield return Finding.Note(
                "nftables (or iptables) drops incoming packets that no rule accepts.",
                $"See sudo nft list ruleset: TCP port {string.Join(", ", ports)} and UDP port 5353 must be accepted by its input chain.");
        }
    }

    private static bool DropsInput(string rules) =>
        rules.Split('\n')
            .Any(line => line.Contains("hook input", StringComparison.Ordinal) && line.Contains("policy drop", StringComparison.Ordinal));

    private static string? ReadIfAllowed(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
