namespace Kodama.Cli.Doctor;

/// <summary>Windows Defender Firewall.</summary>
internal static class WindowsFirewall
{
    public static async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken) =>
        [.. Judge(await SystemCommand.OutputAsync("netsh", ["advfirewall", "show", "currentprofile"], cancellationToken), ports)];

    /// <summary>What follows from <c>netsh advfirewall show currentprofile</c>; null when it cannot be run.</summary>
    public static IEnumerable<Finding> Judge(string? profile, IReadOnlyList<int> ports)
    {
        if (profile is null) yield break;
        var next = "If other devices cannot join, allow it in an administrator's PowerShell: New-NetFirewallRule -DisplayName Kodama "
            + $"-Direction Inbound -Protocol TCP -LocalPort {string.Join(',', ports)} -Action Allow, and the same with UDP and 5353.";
        if (profile.Contains("Public Profile", StringComparison.OrdinalIgnoreCase))
        {
            yield return Finding.Note(
                "Windows takes this network for a public one, in which it lets nobody in and answers no multicast.",
                "At home or at work: Settings, Network & internet, your network, Private network. " + next);
        }
        // The words are translated in other languages of Windows; ON is not in most of them.
        else if (profile.Contains(" ON", StringComparison.Ordinal)) yield return Finding.Note("Windows Firewall is on.", next);
    }
}
