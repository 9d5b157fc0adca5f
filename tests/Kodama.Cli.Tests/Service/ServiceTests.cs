using System.Xml.Linq;
using Kodama.Cli.Service;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Service;

public class ServiceTests
{
    private static readonly string[] Options = ["--name", "Tea \"room\" 100%", "--port", "80"];

    [Fact]
    public void Systemd_GetsTheUnitOfThePackage_WithTheProgramAndItsOptions()
    {
        var unit = Systemd.Install("/usr/local/bin/kodama", Options).OfType<ServiceStep.Write>().Single(file => !file.IsSettings);

        Assert.Equal("/etc/systemd/system/kodama.service", unit.Path);
        Assert.Contains(
            "\nExecStart=/usr/local/bin/kodama serve --quiet --data /var/lib/kodama --name \"Tea \\\"room\\\" 100%%\" --port 80\n",
            unit.Content, StringComparison.Ordinal);
        Assert.Contains("\nDynamicUser=yes\n", unit.Content, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemd_IsToldToForgetTheUnitBeforeItIsDeleted()
    {
        var steps = Systemd.Remove();

        Assert.Contains("disable", Assert.IsType<ServiceStep.Run>(steps[0]).Command);
        Assert.IsType<ServiceStep.Delete>(steps[1]);
    }

    [Fact]
    public void Launchd_GetsAPropertyListThatHoldsTheOptionsAsTheyAre()
    {
        var list = Launchd.Install("/usr/local/bin/kodama", ["--name", "<Tea & more>"]).OfType<ServiceStep.Write>().Single();

        var words = XDocument.Parse(list.Content).Descendants("array").First().Elements("string").Select(word => word.Value);
        Assert.Equal(
            ["/usr/local/bin/kodama", "serve", "--quiet", "--data", "/usr/local/var/kodama", "--name", "<Tea & more>"], words);
    }

    [Fact]
    public void Windows_GetsOneLineThatItTakesApartAsItWas()
    {
        var create = WindowsServices.Install(@"C:\Program Files\Kodama\kodama.exe", [.. Options, "--www", @"C:\My pages\"], @"C:\Data")
            .OfType<ServiceStep.Run>().Single(run => run.Command is ["sc.exe", "create", ..]);

        Assert.Equal(
            @"""C:\Program Files\Kodama\kodama.exe"" serve --quiet --data C:\Data --name ""Tea \""room\"" 100%"" --port 80"
            + @" --www ""C:\My pages\\""",
            create.Command[4]);
    }

    [Theory]
    [InlineData("'--prot' is no option of install", "service", "install", "--prot", "80")]
    [InlineData("--port is \"http\"", "service", "install", "--", "--port", "http")]
    [InlineData("--data and --quiet are the service's own", "service", "install", "--", "--data", "/srv")]
    public async Task Install_ThatCannotBe_SaysWhy(string expected, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(arguments);

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains(expected, exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_OfAProgramThatDotnetRuns_IsRefused()
    {
        // It can be installed, and would be: on this machine.
        Assert.SkipWhen(KodamaProcess.IsNative, "The native binary is a program of its own.");
        var exit = await KodamaProcess.RunAsync("service", "install");

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains("install kodama, and do this with it", exit.Error, StringComparison.Ordinal);
    }
}
