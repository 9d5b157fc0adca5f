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
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>A page whose every wait has a deadline; the test is skipped where there is no Chromium.</summary>
    internal async Task<IPage> OpenAsync(Uri address, int width = 900, int height = 600)
    {
        Assert.SkipWhen(Executable is null, "There is no chromium on the PATH.");
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            browser ??= await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-background-networking"] });
        }
        finally
        {
            starting.Release();
        }
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height } });
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>What the page looked like, kept beside the tests.</summary>
    internal static Task KeepAsync(IPage page, string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
    }
}
