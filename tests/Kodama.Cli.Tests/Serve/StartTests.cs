using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class StartTests
{
    [Fact]
    public async Task Serve_Started_HasNotLoadedTheTablesLibrary()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what a process has loaded.");
        Assert.SkipWhen(KodamaProcess.IsNative, "The native binary is one file.");
        await using var kodama = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0"]);
        await kodama.AddressAsync();

        var mapped = await kodama.MappedFilesAsync();

        Assert.Contains(mapped, file => file.EndsWith("/Kodama.Server.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(mapped, file => file.EndsWith("/Spectre.Console.dll", StringComparison.Ordinal));
    }
}
