using Kodama.Cli.Terminals;
using Microsoft.Extensions.Logging;

namespace Kodama.Cli.Tests.Terminals;

public sealed class TerminalLoggerProviderTests : IDisposable
{
    private readonly StringWriter error = new() { NewLine = "\n" };

    public void Dispose() => error.Dispose();

    [Fact]
    public void Warning_WithWhatCameFromTheWire_IsOneLineWithoutControlCharacters()
    {
        using var provider = new TerminalLoggerProvider(new Terminal(TextWriter.Null, error, 0));

        provider.CreateLogger("Kodama").Log(
            LogLevel.Warning, default, "of \e[2J\nkodama: a line of its own \u202Ereversed", null, static (text, _) => text);

        Assert.Equal("kodama: warning: of \\u{1b}[2J\\nkodama: a line of its own \\u{202e}reversed\n", error.ToString());
    }

    [Fact]
    public void Warning_OfAnyLength_IsBounded()
    {
        using var provider = new TerminalLoggerProvider(new Terminal(TextWriter.Null, error, 0));

        provider.CreateLogger("Kodama").Log(LogLevel.Warning, default, new string('a', 100_000), null, static (text, _) => text);

        Assert.InRange(error.ToString().Length, 100, 2_100);
    }
}
