using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class WwwServeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-www-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Serve_Www_ServesItsPageAndSaysWhereTheHubsOwnIs()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<p>mine</p>");
        await using var kodama = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0", "--www", folder]);
        var address = await kodama.AddressAsync();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60), DefaultRequestHeaders = { { "Accept", "text/html" } } };

        Assert.Equal("<p>mine</p>", await http.GetStringAsync(address));
        Assert.Contains("<title>Kodama</title>", await http.GetStringAsync(new Uri(address, "/kodama")), StringComparison.Ordinal);
        Assert.Equal(
            $"The pages are those in {folder}; the hub's own is {address.GetLeftPart(UriPartial.Authority)}/kodama",
            await kodama.LineAsync(line => line.StartsWith("The pages", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Serve_WwwOfTheFile_IsTakenWithoutAWarning()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """{ "Kodama": { "Www": ".", "Token": "secret" } }""");
        await using var kodama = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0"], folder);
        var address = await kodama.AddressAsync();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };

        var answer = await http.GetAsync(new Uri(address, "/appsettings.json"));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        kodama.Signal(KodamaProcess.Terminate);
        Assert.Equal("", (await kodama.ExitAsync()).Error);
    }
}
