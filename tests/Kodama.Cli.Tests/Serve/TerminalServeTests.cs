using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class TerminalServeTests
{
    private const string EraseLine = "\e[2K";

    [Fact]
    public async Task Serve_OnTerminal_RewritesLiveLineAndEndsOnCtrlC()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script(1) of util-linux, which makes a terminal, is missing.");
        await using var kodama = KodamaProcess.StartOnTerminal("serve --host 127.0.0.1 --port 0");
        using var client = await TestClient.ConnectAsync(await kodama.AddressAsync());

        await kodama.EndingAsync($"{EraseLine}1 peer · 1 room · 0 messages/s");
        await kodama.TypeAsync("\u0003");

        Assert.Null(await client.ReceiveAsync());
        await client.CloseAsync();
        var exit = await kodama.ExitAsync();
        Assert.Equal(0, exit.Code);
        // Between the two the terminal may show ^C.
        Assert.EndsWith("\r\nStopped.\r\n", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OnTerminalOfNetwork_DrawsQrCodeUnderAddresses()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script(1) of util-linux, which makes a terminal, is missing.");
        await using var kodama = KodamaProcess.StartOnTerminal("serve --port 0");
        var best = await kodama.AddressAsync();
        Assert.SkipWhen(best.IsLoopback, "This machine has no address but loopback.");

        Assert.Contains('█', await kodama.LineAsync(line =>
            line.Contains("\e[38;5;16;48;5;231m", StringComparison.Ordinal) && line.Contains('█', StringComparison.Ordinal)));
    }
}
