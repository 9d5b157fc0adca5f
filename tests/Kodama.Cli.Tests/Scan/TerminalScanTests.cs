using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Scan;

public sealed class TerminalScanTests
{
    [Fact]
    public async Task Scan_OnTerminal_DrawsATable()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Details["floor"] = "2");
        await using var terminal = await TmuxTerminal.StartAsync($"scan 127.0.0.1 --sweep-only --port {hub.Port} --timeout 20s");

        var screen = await terminal.ShowsAsync("exit=0");

        Assert.Contains("NAME    ADDRESS", screen, StringComparison.Ordinal);
        Assert.Contains($"Lounge  http://127.0.0.1:{hub.Port}", screen, StringComparison.Ordinal);
        Assert.Contains("floor=2", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("Looking", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_OnTerminal_ShowsHostileNamesAsTheyAre()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Name = Hostile.Name);
        await using var terminal = await TmuxTerminal.StartAsync(
            $"scan 127.0.0.1 --sweep-only --port {hub.Port} --timeout 20s", columns: 200);

        var screen = await terminal.ShowsAsync("exit=0");

        // Neither an escape sequence that cleared the screen, nor markup that coloured the name.
        Assert.Contains("NAME ", screen, StringComparison.Ordinal);
        Assert.Contains("[red]Evil[/]", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OnTerminal_ShowsWhatIsGone()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var terminal = await TmuxTerminal.StartAsync($"scan 127.0.0.1 --sweep-only --port {hub.Port} --watch");
        await terminal.ShowsAsync("Lounge  http");

        await hub.DisposeAsync();
        await terminal.ShowsAsync("gone");
        await terminal.PressAsync("C-c");

        Assert.Contains("Lounge  http", await terminal.ShowsAsync("exit=0"), StringComparison.Ordinal);
    }
}
