using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>A Node backend with <c>pusher</c>, and pages with <c>pusher-js</c> and Laravel Echo in Chromium, unchanged.</summary>
public sealed class PusherShopTests(Browser browser)
{
    private const string App = "1:garden-key:garden-secret";
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task PusherShop_TwoPages_SeeEachOther_Whispers_AndWhatTheBackendSays()
    {
        await using var hub = await SampleProcess.ServeAsync("--pusher-app", App, "--dev", "--no-advertise");
        await using var shop = await SampleProcess.StartScriptAsync(
            "PusherShop", "env", $"HUB=http://127.0.0.1:{hub.Address.Port}", "PORT=0", $"APP={App}", "node", "server.mjs");
        var yui = await OpenAsync(shop, "Yui");
        var ren = await OpenAsync(shop, "Ren");
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Ren, Yui", Patience);
        await Expect(ren.Locator("#here")).ToHaveTextAsync("Ren, Yui", Patience);

        await ren.GetByLabel("Order").PressSequentiallyAsync("緑茶 <b>");
        await Expect(yui.Locator("#typing")).ToHaveTextAsync("Ren is typing…", Patience);
        await ren.GetByRole(AriaRole.Button, new() { Name = "Order" }).ClickAsync();

        await Expect(yui.Locator("li")).ToHaveTextAsync("1: 緑茶 <b>", Patience);
        await Expect(ren.Locator("li")).ToHaveTextAsync("1: 緑茶 <b>", Patience);
        await Browser.KeepAsync(yui, "pusher-shop");
        await ren.CloseAsync();
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Yui", Patience);
    }

    private async Task<IPage> OpenAsync(SampleProcess shop, string name)
    {
        var page = await browser.OpenAsync(new Uri($"http://localhost:{shop.Address.Port}/?name={name}"));
        await Expect(page.Locator("body[data-ready=yes]")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        return page;
    }
}
