using System.Security;

namespace Kodama.Cli.Service;

/// <summary>macOS: a daemon of launchd (launchd.plist(5)), which starts with the machine.</summary>
internal static class Launchd
{
    private const string Data = "/usr/local/var/kodama";
    public const string Settings = $"{Data}/appsettings.json";

    private const string Label = "kodama.hub";
    private const string Plist = $"/Library/LaunchDaemons/{Label}.plist";

    public static IReadOnlyList<ServiceStep> Install(string program, IReadOnlyList<string> options) =>
    [
        new ServiceStep.Run("mkdir", "-p", "-m", "700", Data),
        new ServiceStep.Write(Plist, Text([program, "serve", "--quiet", "--data", Data, .. options])),
        new ServiceStep.Run("launchctl", "bootstrap", "system", Plist),
    ];

    public static IReadOnlyList<ServiceStep> Remove() =>
        [new ServiceStep.Run("launchctl", "bootout", $"system/{Label}"), new ServiceStep.Delete(Plist)];

    private static string Text(string[] command) =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
          <key>Label</key>
          <string>{Label}</string>
          <key>ProgramArguments</key>
          <array>
        {string.Join('\n', command.Select(word => $"    <string>{SecurityElement.Escape(word)}</string>"))}
          </array>
          <key>WorkingDirectory</key>
          <string>{Data}</string>
          <key>RunAtLoad</key>
          <true/>
          <key>KeepAlive</key>
          <dict>
            <key>SuccessfulExit</key>
            <false/>
          </dict>
          <key>SoftResourceLimits</key>
          <dict>
            <key>NumberOfFiles</key>
            <integer>65536</integer>
          </dict>
        </dict>
        </plist>

        """;
}
