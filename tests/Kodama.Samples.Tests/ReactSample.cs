using Microsoft.Playwright;

namespace Kodama.Samples.Tests;

/// <summary>A sample in React as its README starts it, but that both servers have free ports: the browser finds them where the README says
/// they are.</summary>
public abstract class ReactSample(Browser browser, string sample, params string[] options) : IAsyncLifetime
{
    private const string Page = "http://localhost:5173/";
    private SampleProcess hub = null!;
    private SampleProcess pages = null!;

    /// <summary>The room of all, for a client of another kind.</summary>
    internal Uri WebSocketAddress => hub.WebSocketAddress("ws");

    public async ValueTask InitializeAsync()
    {
        await Npm.BuildAsync(sample);
        hub = await SampleProcess.ServeAsync(["--origin", "http://localhost:5173", .. options]);
        string[] preview = ["node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", "0"];
        pages = await SampleProcess.StartScriptAsync(sample, "node", preview);
    }

    /// <summary>The page, in a window of its own.</summary>
    internal Task<IPage> OpenAsync(int width = 600, string query = "") =>
        browser.OpenAsync(
            new Uri(Page + query),
            width,
            hosts: $"MAP localhost:8080 127.0.0.1:{hub.Address.Port},MAP localhost:5173 127.0.0.1:{pages.Address.Port}");

    public async ValueTask DisposeAsync()
    {
        if (pages is not null) await pages.DisposeAsync();
        if (hub is not null) await hub.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
