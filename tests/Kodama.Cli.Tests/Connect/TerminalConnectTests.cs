using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Connect;

public sealed class TerminalConnectTests
{
    [Fact]
    public async Task Chat_MessageWhileTyping_LeavesTheLineAsItIs()
    {
        await using var hub = await LocalHub.StartAsync();
        using var yui = await TestClient.ConnectAsync(hub.Address, "/ws?name=Yui");
        await using var terminal = await TmuxTerminal.StartAsync($"connect {hub.Address} --name Ren");
        await terminal.ShowsAsync("room lobby: Yui is here.");

        await terminal.TypeAsync("good mornin");
        await terminal.ShowsAsync("> good mornin");
        await yui.SendAsync("hello");
        var screen = await terminal.ShowsAsync("Yui: hello");
        Assert.Equal("> good mornin", LastLine(screen));
        Assert.Contains($"Connected to http://127.0.0.1:{hub.Port}, joined as Ren.", screen, StringComparison.Ordinal);
        await terminal.TypeAsync("g");
        await terminal.PressAsync("Enter");

        Assert.Equal("good morning", await yui.ReceiveAsync());
        Assert.Equal(">", LastLine(await terminal.ShowsAsync("you: good morning")));
        await terminal.PressAsync("C-d");
        await terminal.ShowsAsync("exit=0");
    }

    [Fact]
    public async Task Chat_HubRestarts_ShowsItAndGoesOn()
    {
        var hub = await LocalHub.StartAsync();
        var port = hub.Address.Port;
        await using var terminal = await TmuxTerminal.StartAsync($"connect {hub.Address} --name Ren");
        await terminal.ShowsAsync("nobody else is here.");

        await hub.DisposeAsync();
        Assert.Equal("(offline) >", LastLine(await terminal.ScreenAsync(s =>
            s.Contains("Trying again in", StringComparison.Ordinal) && s.Contains("(offline)", StringComparison.Ordinal))));
        await terminal.TypeAsync("typed meanwhile");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("you: typed meanwhile");
        await using var again = await LocalHub.StartAsync(port: port);

        await terminal.ShowsAsync("Connected again");
        await Testing.Deadline.UntilAsync(() => again.Hub.Counts.MessagesIn == 1);
        await terminal.PressAsync("C-c");
        await terminal.ShowsAsync("exit=0");
    }

    [Fact]
    public async Task Chat_HostileNameAndMessage_DoNothingToTheScreen()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var terminal = await TmuxTerminal.StartAsync($"connect {hub.Address} --name Ren", columns: 200);
        await terminal.ShowsAsync("nobody else is here.");
        using var stranger = await TestClient.ConnectAsync(hub.Address, $"/ws?name={Uri.EscapeDataString("\e[2JEvil\n* Yui left.")}");
        await terminal.ShowsAsync("joined.");

        await stranger.SendAsync("\e[1;1H\e[2Jgone?\r\n12:00 * forged");
        var screen = await terminal.ShowsAsync("gone?");

        Assert.Contains("\\u{1b}[2JEvil\\n* Yui left.: \\u{1b}[1;1H\\u{1b}[2Jgone?\\r\\n12:00 * forged", screen, StringComparison.Ordinal);
        Assert.Contains("nobody else is here.", screen, StringComparison.Ordinal);
    }

    private static string LastLine(string screen) => screen.TrimEnd().Split('\n')[^1].TrimEnd();
}
