using System.CommandLine;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Completions;

/// <summary>
/// <c>kodama completions</c>: what a shell needs to complete commands and options. The scripts beside this file ask <c>kodama</c> itself at
/// each key, by its directive <c>[suggest:POSITION]</c>, so they know what this version knows.
/// </summary>
internal static class CompletionsCommand
{
    private static readonly string[] Shells = ["bash", "fish", "powershell", "zsh"];

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = $"One of {string.Join(", ", Shells)}" };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command(
            "completions", "Print what a shell needs to complete kodama's commands and options; in bash: source <(kodama completions bash)")
        {
            shell,
        };
        command.SetAction((parsed, cancellationToken) => PrintAsync(parsed.GetRequiredValue(shell), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> PrintAsync(string shell, Terminal terminal, CancellationToken cancellationToken)
    {
        using var script = new StreamReader(typeof(CompletionsCommand).Assembly.GetManifestResourceStream($"completions/{shell}")!);
        terminal.WriteLine((await script.ReadToEndAsync(cancellationToken)).TrimEnd());
        return ExitCode.Ok;
    }
}
