using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Manual;

public class ManualTests
{
    [Theory]
    [InlineData("serve")]
    [InlineData("connect")]
    [InlineData("scan")]
    public async Task Page_TellsEveryOptionThatTheHelpTells(string command)
    {
        var help = await KodamaProcess.RunAsync(command, "--help");
        var page = (await KodamaProcess.RunAsync("manual")).Output.Replace("\\-", "-", StringComparison.Ordinal);

        var options = help.Output.Split('\n').Select(line => line.TrimStart()).Where(line => line.StartsWith('-'))
            .Select(line => line.Split("  ")[0]).Where(names => !names.Contains("--help", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(options);
        Assert.All(options, names => Assert.Contains($".B {names}\n", page, StringComparison.Ordinal));
        Assert.Contains($".SH {command.ToUpperInvariant()}\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".B kodama scan\n[<subnet>...] [options]\n")]
    [InlineData(".B kodama token revoke\n<id>... [options]\n")]
    [InlineData(".TP\n.B 7\nThe doctor has found something wrong.\n")]
    public async Task Page_TellsArgumentsAndExitCodes(string lines) =>
        Assert.Contains(lines, (await KodamaProcess.RunAsync("manual")).Output, StringComparison.Ordinal);
}
