namespace Kodama.Cli;

/// <summary>Ends a command with a message that a person can act on.</summary>
internal sealed class CommandException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>For an option that cannot be. The name of a parameter, which a programmer would want, is left out.</summary>
    /// <param name="exception">What says so.</param>
    /// <param name="named">Its text with the option's name as whoever gave it knows it.</param>
    public static CommandException BadOption(ArgumentException exception, Func<string, string>? named = null)
    {
        var message = exception.Message;
        if (exception.ParamName is { } parameter
            && message.LastIndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal) is > 0 and var end)
        {
            message = message[..end];
        }
        return new CommandException(Cli.ExitCode.BadOption, named is null ? message : named(message), exception);
    }
}
