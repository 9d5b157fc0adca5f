using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Kodama.Samples.Tests.Browser))]

namespace Kodama.Samples.Tests;

/// <summary>The system's Chromium, started by the first test that asks; each visitor has a profile of its own.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    private readonly SemaphoreSlim starting = new(1);
    private readonly Dictionary<string, IBrowser> browsers = [];
    private IPlaywright? playwright;

    /// <summary>A page whose every wait has a deadline; the test is skipped where there is no Chromium.</summary>
    /// <param name="address">The page.</param>
    /// <param name="width">Of the window.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="hosts">Chromium's rules for hosts that are elsewhere, such as <c>MAP localhost:80 127.0.0.1:8080</c>.</param>
    internal async Task<IPage> OpenAsync(Uri address, int width = 900, int height = 600, string hosts = "")
    {
        Assert.SkipWhen(Executable is null, "There is no chromium on the PATH.");
        var page = await (await StartAsync(hosts)).NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height } });
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>What the page looked like, kept beside the tests.</summary>
    internal static Task KeepAsync(IPage page, string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in browsers.Values) await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
    }

    private async Task<IBrowser> StartAsync(string hosts)
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (browsers.TryGetValue(hosts, out var running)) return running;
            playwright ??= await Playwright.CreateAsync();
            string[] rules = hosts.Length > 0 ? [$"--host-resolver-rules={hosts}"] : [];
            string[] flags = ["--no-sandbox", "--disable-background-networking", .. rules];
            return browsers[hosts] = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = flags });
        }
        finally
        {
            starting.Release();
        }
    }
}
