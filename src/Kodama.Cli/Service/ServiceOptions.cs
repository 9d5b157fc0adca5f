using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kodama.Cli.Service;

/// <summary>Options of <c>serve</c>, as a service can be given them: it stands in another folder, and everybody can read how it was
/// started.</summary>
internal static class ServiceOptions
{
    private static readonly string[] Own = ["--data", "--quiet"];
    private static readonly string[] Secrets = ["--token", "--admin-token", "--tls-password", "--redis", "--pusher-app", "--ably-key"];
    private static readonly string[] Paths = ["--www", "--tls-cert", "--tls-key"];

    // ProtectHome, PrivateTmp.
    private static readonly string[] Hidden = ["/home/", "/root/", "/tmp/", "/var/tmp/"];

    /// <param name="serve">The command.</param>
    /// <param name="given">What was written for it.</param>
    /// <param name="settings">The file that the service reads, and its owner alone; null where there is none.</param>
    /// <returns>The same, with whole paths.</returns>
    /// <exception cref="CommandException">One of them cannot be.</exception>
    public static string[] Of(Command serve, string[] given, string? settings)
    {
        var parsed = serve.Parse(given);
        if (parsed.Errors is [var error, ..]) throw new CommandException(ExitCode.BadOption, error.Message);
        var named = parsed.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit)
            .Select(option => option.Option.Name).ToList();
        if (named.Intersect(Own).Any())
            throw new CommandException(ExitCode.BadOption, "--data and --quiet are the service's own: leave them out.");
        if (settings is not null && named.Intersect(Secrets).FirstOrDefault() is { } secret)
        {
            throw new CommandException(
                ExitCode.BadOption,
                $"{secret} would stand in the list of processes, which every user of this machine can read: leave it out, and write it to "
                    + $"{settings}, readable by root alone, such as {{\"Kodama\": {{\"Token\": \"...\"}}}}.");
        }
        return [.. given.Select((word, i) => i > 0 && Paths.Contains(given[i - 1]) ? Whole(given[i - 1], word) : WithWholePath(word))];
    }

    /// <summary>Says that a service could not see it, where that is so.</summary>
    public static void CheckSeen(string path)
    {
        if (!OperatingSystem.IsLinux() || !Array.Exists(Hidden, folder => path.StartsWith(folder, StringComparison.Ordinal))) return;
        throw new CommandException(
            ExitCode.BadOption,
            $"{path} is in somebody's home or a temporary folder, where the service does not look: copy it to another folder first, "
                + "a program to /usr/local/bin.");
    }

    private static string WithWholePath(string word) =>
        Array.Find(Paths, name => word.StartsWith($"{name}=", StringComparison.Ordinal)) is { } option
            ? $"{option}={Whole(option, word[(option.Length + 1)..])}"
            : word;

    private static string Whole(string option, string path)
    {
        var whole = Path.GetFullPath(path);
        if (!Path.Exists(whole)) throw new CommandException(ExitCode.BadOption, $"{option} is \"{path}\", and there is no {whole}.");
        CheckSeen(whole);
        return whole;
    }
}
