using Kodama.Cli.Terminals;

namespace Kodama.Cli.Tests.Terminals;

public sealed class TerminalTests : IDisposable
{
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void Status_OnTerminal_IsRewrittenBelowLines()
    {
        var terminal = new Terminal(output, error, 80);

        terminal.ShowStatus("1 peer");
        terminal.WriteLine("hello");
        terminal.ShowStatus("2 peers");
        terminal.EndStatus();

        Assert.Equal("\r\e[2K1 peer\r\e[2Khello\n1 peer\r\e[2K2 peers\n", output.ToString());
    }

    [Fact]
    public void Status_LongerThanTerminal_IsCutBeforeItWraps()
    {
        new Terminal(output, error, 10).ShowStatus("0123456789abc");

        Assert.Equal("\r\e[2K012345678", output.ToString());
    }

    [Fact]
    public void Status_WithCursor_PutsItBackAfterALineAbove()
    {
        var terminal = new Terminal(output, error, 80);

        terminal.ShowStatus("> hello", 4);
        terminal.WriteLine("Yui: hi");
        terminal.RemoveStatus();

        Assert.Equal("\r\e[2K> hello\r\e[4C\r\e[2KYui: hi\n> hello\r\e[4C\r\e[2K", output.ToString());
    }

    [Fact]
    public void Status_OfWideCharacters_IsCutBeforeItWraps()
    {
        new Terminal(output, error, 6).ShowStatus("木霊の森");

        Assert.Equal("\r\e[2K木霊", output.ToString());
    }

    [Fact]
    public void Block_OnTerminal_IsRewrittenBelowLines()
    {
        var terminal = new Terminal(output, error, 80);

        terminal.ShowBlock(["one", "two", "three"]);
        terminal.WriteLine("hello");
        terminal.ShowBlock(["one"]);
        terminal.RemoveStatus();

        Assert.Equal(
            "\r\e[2K\e[?7lone\ntwo\nthree\e[?7h" + "\r\e[2A\e[Jhello\n\e[?7lone\ntwo\nthree\e[?7h" + "\r\e[2A\e[Jone" + "\r\e[2K",
            output.ToString());
    }

    [Fact]
    public void Block_LargerThanTerminal_IsCutBeforeItScrollsOrWraps()
    {
        new Terminal(output, error, 5, height: 3).ShowBlock([TextStyle.Bold.Of("a line"), "of", "three"]);

        Assert.Equal("\r\e[2K\e[?7l\e[1ma li\e[0m\n…\e[?7h", output.ToString());
    }

    [Fact]
    public void Status_OnPipe_IsOneLineForEachChange()
    {
        var terminal = new Terminal(output, error, 0);

        terminal.ShowStatus("1 peer");
        terminal.ShowStatus("1 peer");
        terminal.WriteError("careful");
        terminal.ShowStatus("2 peers");
        terminal.EndStatus();

        Assert.Equal("1 peer\n2 peers\n", output.ToString());
        Assert.Equal("careful\n", error.ToString());
    }
}
