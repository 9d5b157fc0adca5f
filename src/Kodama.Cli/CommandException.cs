namespace Kodama.Cli;

/// <summary>Ends a command with a message that a person can act on.</summary>
internal sealed class CommandException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>For an option that cannot be. The name of a parameter, which a programmer would want, is left out.</summary>
    public static CommandException BadOption(ArgumentException exception)
    {
        var message = exception.Message;
        if (exception.ParamName is { } parameter
            && message.LastIndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal) is > 0 and var end)
        {
            message = message[..end];
        }
        return new CommandException(Cli.ExitCode.BadOption, message, exception);
    }
}
