using System.Xml.Linq;
using Kodama.Cli.Serve;
using Kodama.Cli.Service;
using Kodama.Cli.Terminals;
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
    [InlineData("--www is \"nowhere\"", "service", "install", "--print", "--", "--www", "nowhere")]
    [InlineData("--tls-cert is \"no.pem\"", "service", "install", "--print", "--", "--tls-cert=no.pem")]
    public async Task Install_ThatCannotBe_SaysWhy(string expected, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(arguments);

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains(expected, exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--token", "s3cret")]
    [InlineData("--admin-token=s3cret")]
    public void Options_ThatAreSecret_GoToTheSettings(params string[] given)
    {
        var refused = Assert.Throws<CommandException>(() => ServiceOptions.Of(Serve(), given, Systemd.Settings));

        Assert.Contains("/etc/kodama/appsettings.json", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WithPaths_HaveThemWhole()
    {
        var whole = Path.GetFullPath("/usr/lib");
        var given = Path.GetRelativePath(Environment.CurrentDirectory, whole);

        Assert.Equal(
            ["--www", whole, "--name", "www", $"--tls-key={whole}"],
            ServiceOptions.Of(Serve(), ["--www", given, "--name", "www", $"--tls-key={given}"], Systemd.Settings));
    }

    [Theory]
    [InlineData("/tmp/kodama")]
    [InlineData("/home/yui/kodama")]
    public void Program_WhereTheServiceDoesNotLook_IsRefused(string program)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It is systemd that hides it.");
        var refused = Assert.Throws<CommandException>(() => ServiceOptions.CheckSeen(program));

        Assert.StartsWith(program, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_ThatFails_IsTold_AndTheOthersAreDone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Services are the administrator's.");
        var file = Path.GetTempFileName();
        ServiceStep[] steps =
            [new ServiceStep.Run("false") { MayFail = true }, new ServiceStep.Run("false"), new ServiceStep.Delete(file)];

        var exit = await ServiceRunner.RunAsync(steps, isShown: false, Terminal.OfProcess(), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Unexpected, exit);
        Assert.False(File.Exists(file));
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

    private static System.CommandLine.Command Serve() => ServeCommand.Create(Terminal.OfProcess());
}
