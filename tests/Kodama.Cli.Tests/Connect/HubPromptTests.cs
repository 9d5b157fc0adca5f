using System.Threading.Channels;
using Kodama.Cli.Connect;
using Kodama.Cli.Terminals;
using Kodama.Cli.Tests.Support;
using Kodama.Discovery;

namespace Kodama.Cli.Tests.Connect;

public sealed class HubPromptTests
{
    private static readonly ConsoleKeyInfo Enter = Key(ConsoleKey.Enter, '\r');
    private static readonly ConsoleKeyInfo Up = Key(ConsoleKey.UpArrow);
    private static readonly ConsoleKeyInfo Down = Key(ConsoleKey.DownArrow);

    [Fact]
    public async Task Pick_WithArrows_GoesRound()
    {
        Assert.Equal("Oak", await PickAsync(3, Enter));
        Assert.Equal("Elm", await PickAsync(3, Down, Enter));
        Assert.Equal("Ash", await PickAsync(3, Up, Enter));
        Assert.Equal("Oak", await PickAsync(3, Down, Down, Down, Enter));
    }

    [Fact]
    public async Task Pick_WithANumber_TakesThatHub()
    {
        Assert.Equal("Elm", await PickAsync(3, Key(ConsoleKey.D2, '2')));
        Assert.Equal("Oak", await PickAsync(3, Key(ConsoleKey.D9, '9'), Key(ConsoleKey.D0, '0'), Key(ConsoleKey.X, 'x'), Enter));
    }

    [Fact]
    public async Task Pick_OfOneOrNone_DoesNotAsk()
    {
        Assert.Equal("Oak", await PickAsync(1));
        Assert.Null(await PickAsync(0));
    }

    [Fact]
    public async Task Pick_OfMoreThanFit_ShowsThoseAroundTheMark()
    {
        using var output = new StringWriter { NewLine = "\n" };

        await PickAsync(3, new Terminal(output, output, 80, height: 4), Down, Down, Enter);

        Assert.EndsWith(
            "  2  Elm  http://192.0.2.2:8080  \n> 3  Ash  http://192.0.2.3:8080  \r\e[2A\e[J", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_TerminalGone_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<CommandException>(() => PickAsync(2, Down));

        Assert.Contains("the terminal is gone", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_SeveralHubsFound_AsksWhich()
    {
        var (first, second) = ($"Oak{Guid.NewGuid():N}", $"Elm{Guid.NewGuid():N}");
        await using var one = KodamaProcess.Start(["serve", "--port", "0", "--name", first]);
        await using var other = KodamaProcess.Start(["serve", "--port", "0", "--name", second]);
        await one.AddressAsync();
        var port = (await other.AddressAsync()).Port;
        var scan = await KodamaProcess.RunAsync("scan");
        Assert.SkipUnless(
            scan.Output.Contains(first, StringComparison.Ordinal) && scan.Output.Contains(second, StringComparison.Ordinal),
            "This machine has no network that hubs are found on.");
        await using var terminal = await AskedAsync(first, second);

        var screen = await terminal.ScreenAsync();
        while (!screen.Split('\n').Any(line => line.StartsWith('>') && line.Contains(second, StringComparison.Ordinal)))
        {
            await terminal.PressAsync("Down");
            screen = await terminal.ScreenAsync(s => s != screen);
        }
        await terminal.PressAsync("Enter");
        screen = await terminal.ShowsAsync("joined as Ren");
        Assert.Contains($":{port}, joined as Ren.", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("Which hub?", screen, StringComparison.Ordinal);

        // The keyboard is the conversation's now.
        await terminal.TypeAsync("hello");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("you: hello");
    }

    // A busy machine may be too slow for the moment in which it looks around.
    private static async Task<TmuxTerminal> AskedAsync(string first, string second)
    {
        for (var tries = 1; ; tries++)
        {
            var terminal = await TmuxTerminal.StartAsync("connect --name Ren", columns: 200);
            var screen = await terminal.ScreenAsync(s => s.Contains("Which hub?", StringComparison.Ordinal)
                || s.Contains("Connecting", StringComparison.Ordinal) || s.Contains("exit=", StringComparison.Ordinal));
            if (screen.Contains(first, StringComparison.Ordinal) && screen.Contains(second, StringComparison.Ordinal)) return terminal;
            await terminal.DisposeAsync();
            Assert.True(tries < 5, $"It never asked for one of the two; it showed:\n{screen}");
        }
    }

    private static Task<string?> PickAsync(int count, params ConsoleKeyInfo[] pressed) =>
        PickAsync(count, new Terminal(TextWriter.Null, TextWriter.Null, 80), pressed);

    private static async Task<string?> PickAsync(int count, Terminal terminal, params ConsoleKeyInfo[] pressed)
    {
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();
        foreach (var key in pressed) keys.Writer.TryWrite(key);
        keys.Writer.Complete();
        FoundHub[] hubs = [Hub("Oak", 1), Hub("Elm", 2), Hub("Ash", 3)];
        return (await HubPrompt.PickAsync(hubs[..count], terminal, keys.Reader, TestContext.Current.CancellationToken))?.Name;
    }

    private static FoundHub Hub(string name, int address) =>
        new() { Id = name, Name = name, Addresses = [new($"http://192.0.2.{address}:8080/")] };

    private static ConsoleKeyInfo Key(ConsoleKey key, char character = '\0') => new(character, key, false, false, false);
}
