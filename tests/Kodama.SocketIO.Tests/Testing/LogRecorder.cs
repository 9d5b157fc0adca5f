using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILogger<SocketIOServer>
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = new();

    /// <summary>Told of each entry, on the thread that logs it.</summary>
    public Action<string> Logged { get; init; } = _ => { };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Entries.Enqueue((logLevel, text));
        Logged(text);
    }
}
