namespace Kodama.Cli;

/// <summary>Ends a command with a message that a person can act on.</summary>
internal sealed class CommandException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
