using System.CommandLine;
using System.CommandLine.Parsing;
using Kodama.Cli.Terminals;

namespace Kodama.Cli;

/// <summary>What is wrong with a command line, and what may have been meant.</summary>
internal static class Misspelling
{
    private const int LongestShown = 60;

    /// <summary>Lines to show; none, where all is well.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isRoot = command == parsed.RootCommandResult.Command;
        if (isRoot && parsed.UnmatchedTokens is [var first, ..])
        {
            return
            [
                first.StartsWith('-')
                    ? $"'{Shown(first)}' is no option here: a command comes first, such as serve."
                    : $"'{Shown(first)}' is no command.{Meant(first, Names(command))}",
            ];
        }
        if (command.Subcommands.Count > 0 && parsed.Errors.Count > 0 && !parsed.UnmatchedTokens.Any(static word => word.StartsWith('-')))
        {
            return
            [
                parsed.UnmatchedTokens is [var other, ..]
                    ? $"'{Shown(other)}' is no command of {command.Name}.{Meant(other, Names(command))}"
                    : $"{command.Name} takes one of these commands: {string.Join(", ", Names(command))}.",
            ];
        }
        var unknown = Unknown(parsed);
        // What follows an unknown option may be its value.
        if (unknown.Count == 0) return [.. parsed.Errors.Select(error => error.Message)];
        var names = command.Options.Where(option => !option.Hidden).Select(option => option.Name).ToList();
        return [.. unknown.Select(one => $"'{Shown(one)}' is no option of {command.Name}.{Meant(one, names)}")];
    }

    private static IEnumerable<string> Names(Command command) => command.Subcommands.Select(static one => one.Name);

    // What looks like an option, and none of the command's is, is taken for an argument, where the command has one.
    private static List<string> Unknown(ParseResult parsed)
    {
        var words = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet();
        var arguments = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(t => t.Value);
        return
        [
            .. arguments.Concat(parsed.UnmatchedTokens).Where(word => word is ['-', _, ..] && words.Contains(word))
                .Select(word => word.Split('=', ':')[0]).Distinct(),
        ];
    }

    private static string Meant(string written, IEnumerable<string> names) =>
        Spelling.Nearest(written, names) is { } name ? $" Did you mean {name}?" : "";

    private static string Shown(string word) => Printable.Line(word, LongestShown);
}
