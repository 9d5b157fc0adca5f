namespace Kodama.Cli.Doctor;

/// <summary>The application firewall of macOS.</summary>
internal static class MacFirewall
{
    private const string Tool = "/usr/libexec/ApplicationFirewall/socketfilterfw";

    public static async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        [.. Judge(await SystemCommand.OutputAsync(Tool, ["--getglobalstate"], cancellationToken))];

    /// <summary>What follows from <c>socketfilterfw --getglobalstate</c>; null when it cannot be run.</summary>
    public static IEnumerable<Finding> Judge(string? state)
    {
        if (state?.Contains("enabled", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return Finding.Note(
                "The firewall of macOS is on: it asks, once per program, whether connections may come in.",
                "If other devices cannot join: System Settings, Network, Firewall, Options, and let kodama (or dotnet) in.");
        }
        yield return Finding.Note(
            "Since macOS 15 a program must be allowed to see the local network.",
            "If nothing is found: System Settings, Privacy & Security, Local Network, and allow the terminal.");
    }
}
