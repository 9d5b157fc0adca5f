using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Processes;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Kodama.Clients.Tests.Browsers;

/// <summary>One Chromium for all tests, the system's own, started when the first of them asks. Each visitor has a profile of its own in
/// it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    // Quiet: nothing but what a page itself asks for leaves the browser.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim starting = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal async Task<IBrowser> GetAsync()
    {
        await starting.WaitAsync();
        try
        {
            return browser ??= await StartAsync().WaitAsync(Deadline.Opening);
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        var executable = Tools.Chromium();
        Assertions.SetDefaultExpectTimeout((float)Deadline.Step.TotalMilliseconds);
        playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = executable, Args = Flags, Timeout = (float)Deadline.Opening.TotalMilliseconds });
    }
}
