using System.Text;

namespace Kodama.Cli.Service;

/// <summary>Windows: a service of the account LocalService, made by sc.exe.</summary>
internal static class WindowsServices
{
    private const string Name = "Kodama";

    public static IReadOnlyList<ServiceStep> Install(string program, IReadOnlyList<string> options, string data) =>
    [
        new ServiceStep.Run("cmd.exe", "/c", "mkdir", data) { MayFail = true },
        new ServiceStep.Run(
            "icacls.exe", data, "/inheritance:r", "/grant", "LocalService:(OI)(CI)F", "/grant", "Administrators:(OI)(CI)F"),
        new ServiceStep.Run(
            "sc.exe", "create", Name, "binPath=", Line([program, "serve", "--quiet", "--data", data, .. options]), "start=", "auto",
            "obj=", @"NT AUTHORITY\LocalService", "DisplayName=", "Kodama hub"),
        new ServiceStep.Run("sc.exe", "description", Name, "A real-time hub for the local network"),
        new ServiceStep.Run("sc.exe", "failure", Name, "reset=", "86400", "actions=", "restart/1000"),
        new ServiceStep.Run("sc.exe", "start", Name),
    ];

    public static IReadOnlyList<ServiceStep> Remove() =>
        [new ServiceStep.Run("sc.exe", "stop", Name) { MayFail = true }, new ServiceStep.Run("sc.exe", "delete", Name)];

    // As CommandLineToArgvW reads it: backslashes count where a quote follows them.
    private static string Line(string[] words) => string.Join(' ', words.Select(word =>
    {
        if (word.Length > 0 && !word.AsSpan().ContainsAny(" \t\"")) return word;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in word)
        {
            if (letter == '"') quoted.Append('\\', backslashes + 1);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
            quoted.Append(letter);
        }
        return quoted.Append('\\', backslashes).Append('"').ToString();
    }));
}
