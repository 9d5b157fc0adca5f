using System.Net.NetworkInformation;
using System.Threading.Channels;
using Kodama.Cli.Connect;
using Kodama.Cli.Terminals;
using Kodama.Cli.Tests.Support;
using Kodama.Discovery;

namespace Kodama.Cli.Tests.Connect;

public sealed class HubPromptTests
{
    private static readonly string[] Names = ["Oak", "Elm", "Ash"];

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
        Assert.Equal("Elm", await PickAsync(3, Digit(2), Enter));
        Assert.Equal("Ash", await PickAsync(3, Digit(2), Digit(3), Enter));
        Assert.Equal("Oak", await PickAsync(3, Digit(9), Digit(0), Key(ConsoleKey.X, 'x'), Enter));
        Assert.Equal("12", await PickAsync(12, Digit(1), Digit(2), Enter));
        Assert.Equal("11", await PickAsync(12, Digit(1), Digit(2), Up, Enter));
        Assert.Equal("4", await PickAsync(12, Digit(1), Up, Digit(4), Enter));
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
            "  2  Elm  http://192.0.2.2:8080  \n> 3  Ash  http://192.0.2.3:8080  \e[?7h\r\e[2A\e[J",
            output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_Cancelled_LeavesNothingOnTheScreen()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var stopping = new CancellationTokenSource();
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();

        var picking = HubPrompt.PickAsync(Hubs(2), new Terminal(output, output, 80), keys.Reader, stopping.Token);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => picking);
        Assert.EndsWith("\r\e[2A\e[J", output.ToString(), StringComparison.Ordinal);
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
        Assert.SkipUnless(
            NetworkInterface.GetAllNetworkInterfaces().Any(one => one is
                { NetworkInterfaceType: NetworkInterfaceType.Ethernet, OperationalStatus: OperationalStatus.Up, SupportsMulticast: true }),
            "This machine has no network to find hubs on.");
        var (first, second) = ($"Oak{Guid.NewGuid():N}", $"Elm{Guid.NewGuid():N}");
        await using var one = KodamaProcess.Start(["serve", "--port", "0", "--name", first]);
        await using var other = KodamaProcess.Start(["serve", "--port", "0", "--name", second]);
        await one.AddressAsync();
        var port = (await other.AddressAsync()).Port;
        await using var terminal = await AskedAsync(first, second);

        for (var marked = await MarkedAsync(terminal, ""); !marked.Contains(second, StringComparison.Ordinal);)
        {
            await terminal.PressAsync("Down");
            marked = await MarkedAsync(terminal, marked);
        }
        await terminal.PressAsync("Enter");
        var screen = await terminal.ShowsAsync("joined as Ren");
        Assert.Contains($":{port}, joined as Ren.", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("Which hub?", screen, StringComparison.Ordinal);

        // The keyboard is the conversation's now.
        await terminal.TypeAsync("hello");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("you: hello");
    }

    // The line that is marked now, whole.
    private static async Task<string> MarkedAsync(TmuxTerminal terminal, string before)
    {
        string? Marked(string screen) =>
            screen.Split('\n').FirstOrDefault(line => line.StartsWith('>') && line.Contains("http", StringComparison.Ordinal));
        return Marked(await terminal.ScreenAsync(screen => Marked(screen) is { } marked && marked != before))!;
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
        return (await HubPrompt.PickAsync(Hubs(count), terminal, keys.Reader, TestContext.Current.CancellationToken))?.Name;
    }

    private static FoundHub[] Hubs(int count) => [.. Enumerable.Range(1, count).Select(i => Hub(i <= 3 ? Names[i - 1] : $"{i}", i))];

    private static FoundHub Hub(string name, int address) =>
        new() { Id = name, Name = name, Addresses = [new($"http://192.0.2.{address}:8080/")] };

    private static ConsoleKeyInfo Digit(int digit) => Key(ConsoleKey.D0 + digit, (char)('0' + digit));

    private static ConsoleKeyInfo Key(ConsoleKey key, char character = '\0') => new(character, key, false, false, false);
}
