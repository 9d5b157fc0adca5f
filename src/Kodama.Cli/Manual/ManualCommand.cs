using System.CommandLine;
using System.Globalization;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Manual;

/// <summary><c>kodama manual</c>: the manual page, made of what the commands say of themselves (man(7), troff).</summary>
internal static class ManualCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("manual", "Print the manual page: kodama manual | man -l -");
        command.SetAction(parsed =>
        {
            foreach (var line in Page(parsed.RootCommandResult.Command)) terminal.WriteLine(line);
        });
        return command;
    }

    private static IEnumerable<string> Page(Command root)
    {
        yield return ".TH KODAMA 1";
        yield return ".SH NAME";
        yield return $"kodama \\- {Escaped(root.Description)}";
        yield return ".SH SYNOPSIS";
        var commands = root.Subcommands.SelectMany(Leaves).ToList();
        foreach (var (name, command) in commands) yield return $".B kodama {name}\n{Arguments(command)}[options]\n.br";
        foreach (var (name, command) in commands)
        {
            yield return $".SH {name.ToUpper(CultureInfo.InvariantCulture)}";
            yield return Escaped(command.Description);
            foreach (var argument in command.Arguments) yield return Entry(Name(argument), argument.Description);
            foreach (var option in command.Options.Where(option => !option.Hidden))
            {
                string[] names = [.. option.Aliases.Prepend(option.Name).OrderBy(name => name.Length)];
                yield return Entry($"{string.Join(", ", names)}{(option.HelpName is { } value ? $" <{value}>" : "")}", option.Description);
            }
        }
        yield return ".SH EXIT STATUS";
        yield return "Standard error says in words what went wrong.";
        foreach (var (code, meaning) in ExitCode.All) yield return Entry($"{code}", meaning);
    }

    private static IEnumerable<(string Name, Command Command)> Leaves(Command command) => command.Subcommands.Count == 0
        ? [(command.Name, command)]
        : command.Subcommands.SelectMany(Leaves).Select(leaf => ($"{command.Name} {leaf.Name}", leaf.Command));

    private static string Arguments(Command command) => string.Concat(command.Arguments.Select(
        argument => argument.Arity.MinimumNumberOfValues > 0 ? $"{Name(argument)} " : $"[{Name(argument)}] "));

    private static string Name(Argument argument) => $"<{argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";

    private static string Entry(string name, string? description) => $".TP\n.B {Escaped(name)}\n{Escaped(description)}";

    // A line that begins with a point or an apostrophe would be a request; a hyphen a dash.
    private static string Escaped(string? text)
    {
        var escaped = (text ?? "").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped is ['.' or '\'', ..] ? $"\\&{escaped}" : escaped;
    }
}
