using System.Diagnostics;
using Kodama.Clients.Tests.Processes;
using Kodama.Testing;

namespace Kodama.Clients.Tests;

/// <summary>A real browser, with roots of its own, before and after it trusts a hub's authority.</summary>
public sealed class TrustTests : IDisposable
{
    // What the page shows once the browser has come through by https.
    private const string Done = "<div id=\"done\">";
    private const string Title = "<title>Kodama: trust this hub";

    private readonly string home = Directory.CreateTempSubdirectory("kodama-browser-").FullName;
    private readonly string data = Directory.CreateTempSubdirectory("kodama-data-").FullName;

    public void Dispose()
    {
        Directory.Delete(home, recursive: true);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Browser_ComesInByHttps_OnceItTrustsTheAuthority()
    {
        var certutil = Tools.OnPath("certutil");
        await using var hub = await RunningHub.StartAsync(
            new HubSettings { Data = data, Environment = new Dictionary<string, string> { ["Kodama__Https"] = "true" } });
        var secure = new Uri(hub.Url, "/trust").AbsoluteUri;
        var plain = secure.Replace("https:", "http:", StringComparison.Ordinal);
        var database = Directory.CreateDirectory(Path.Combine(home, ".pki", "nssdb")).FullName;
        await RunAsync(certutil, "-d", $"sql:{database}", "-N", "--empty-password");

        Assert.DoesNotContain(Title, await PageAsync(secure), StringComparison.Ordinal);
        var page = await PageAsync(plain);
        Assert.Contains(Title, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Done, page, StringComparison.Ordinal);

        await RunAsync(
            certutil, "-d", $"sql:{database}", "-A", "-t", "C,,", "-n", "hub", "-a", "-i", Path.Combine(data, "https", "authority.pem"));

        Assert.Contains(Title, await PageAsync(secure), StringComparison.Ordinal);
        Assert.Contains(Done, await PageAsync(plain), StringComparison.Ordinal);
    }

    private Task<string> PageAsync(string url) => RunAsync(
        Tools.Chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", $"--user-data-dir={Path.Combine(home, "profile")}",
        "--virtual-time-budget=5000", "--dump-dom", url);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync().Within();
            await errors.Within();
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
