using Microsoft.Extensions.Logging;

namespace Kodama.Cli.Terminals;

/// <summary>Logs to standard error, one line each, above the live line.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider, ILogger
{
    // The command says these itself, together with what to do: no token is set, and a port that cannot be had.
    private static readonly string[] SaidByCommand = ["AnyoneCanJoin", "HostedServiceStartupFaulted"];

    private const int MostCharacters = 2000;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && !SaidByCommand.Contains(eventId.Name)) Write(logLevel, formatter(state, exception), exception);
    }

    public void Dispose()
    {
    }

    // Apart from the state, for each type of which the compiler makes a method.
    private void Write(LogLevel logLevel, string message, Exception? exception)
    {
        var level = logLevel == LogLevel.Warning ? "warning" : "error";
        // It may quote whoever is on the network. An exception's lines are those of a trace.
        var lines = exception is null ? [] : exception.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => Printable.Line(line));
        terminal.WriteError(string.Join(
            Environment.NewLine, [$"kodama: {level}: {Printable.Line(message, MostCharacters)}", .. lines]));
    }
}
