namespace Kodama.Cli.Service;

/// <summary>Linux: the unit that the Debian package has too, for a program that is somewhere else.</summary>
internal static class Systemd
{
    public const string Settings = "/etc/kodama/appsettings.json";
    private const string Unit = "/etc/systemd/system/kodama.service";

    public static IReadOnlyList<ServiceStep> Install(string program, IReadOnlyList<string> options) =>
    [
        new ServiceStep.Write(Settings, "{\n  \"Kodama\": {\n  }\n}\n", IsSettings: true),
        new ServiceStep.Write(Unit, Text(program, options)),
        new ServiceStep.Run("systemctl", "daemon-reload"),
        new ServiceStep.Run("systemctl", "enable", "--now", "kodama.service"),
    ];

    public static IReadOnlyList<ServiceStep> Remove() =>
    [
        new ServiceStep.Run("systemctl", "disable", "--now", "kodama.service"),
        new ServiceStep.Delete(Unit),
        new ServiceStep.Run("systemctl", "daemon-reload"),
    ];

    private static string Text(string program, IReadOnlyList<string> options)
    {
        using var unit = new StreamReader(typeof(Systemd).Assembly.GetManifestResourceStream("kodama.service")!);
        var command = string.Join(' ', ((string[])[program, "serve", "--quiet", "--data", "/var/lib/kodama", .. options]).Select(Quoted));
        return string.Join('\n', unit.ReadToEnd().Split('\n').Select(
            line => line.StartsWith("ExecStart=", StringComparison.Ordinal) ? $"ExecStart={command}" : line));
    }

    // systemd.syntax(7), systemd.service(5): quotes, backslashes, specifiers and variables.
    private static string Quoted(string word)
    {
        var escaped = word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        var isPlain = word.Length > 0
            && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=,@+".Contains(letter, StringComparison.Ordinal));
        return isPlain ? word : $"\"{escaped}\"";
    }
}
