using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Kodama.Cli;

/// <summary>Kinds of option that commands share, and how their values are read. An error names the option, the value, and what to
/// write.</summary>
internal static class OptionValue
{
    public static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName };

    public static Option<string[]> Interfaces(string description) => new("--interface") { Description = description, HelpName = "name" };

    public static Option<TimeSpan?> Time(string name, string description) =>
        new(name) { Description = description, HelpName = "time", CustomParser = Duration };

    public static int? Number(ArgumentResult result, int least, int most)
    {
        var text = result.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        result.AddError($"{NameOf(result)} is \"{text}\"; it must be a whole number from {least} to {most}.");
        return null;
    }

    public static int[] Ports(ArgumentResult result) => Each<int>(result, static text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? (port, null)
            : (0, $"is \"{text}\"; it must be a whole number from 1 to 65535."));

    public static KeyValuePair<string, string>[] Pairs(ArgumentResult result) => Each<KeyValuePair<string, string>>(result, static text =>
        text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
            ? (new KeyValuePair<string, string>(text[..equals], text[(equals + 1)..]), null)
            : (default, $"is \"{text}\"; write key=value, such as room=201."));

    /// <summary>Each value as it is read, or with what is wrong with it.</summary>
    public static T[] Each<T>(ArgumentResult result, Func<string, (T Value, string? Wrong)> read)
    {
        var values = new T[result.Tokens.Count];
        for (var i = 0; i < values.Length; i++)
        {
            (values[i], var wrong) = read(result.Tokens[i].Value);
            if (wrong is not null) result.AddError($"{NameOf(result)} {wrong}");
        }
        return values;
    }

    public static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;

    private static TimeSpan? Duration(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Kodama.Cli.Duration.TryParse(text, out var duration)) return duration;
        result.AddError(
            $"{NameOf(result)} is \"{text}\"; write seconds or a time such as 500ms, 3s or 2m, more than nothing and at most a day.");
        return null;
    }
}
