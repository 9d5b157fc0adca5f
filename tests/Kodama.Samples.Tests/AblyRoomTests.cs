using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>A program in Node and pages in Chromium with <c>ably</c>, unchanged.</summary>
public sealed class AblyRoomTests(Browser browser)
{
    private const string Key = "garden.key1:maple-maple";
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToContainTextOptions AlsoPatience = new() { Timeout = 30_000 };

    [Fact]
    public async Task AblyRoom_TwoPagesAndAProgram_SeeEachOther_AndWhatWasSaidBefore()
    {
        await using var hub = await SampleProcess.ServeAsync("--ably-key", Key, "--dev", "--no-advertise");
        await using var room = await SampleProcess.StartScriptAsync(
            "AblyRoom", "env", $"HUB=http://127.0.0.1:{hub.Address.Port}", "PORT=0", $"KEY={Key}", "node", "server.mjs");
        using var device = await TextClient.ConnectAsync(hub.WebSocketAddress("/ws/talk"));
        var yui = await OpenAsync(room, "Yui");
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Yui, clock", Patience);

        await SayAsync(yui, "緑茶 <b>");
        Assert.Equal("緑茶 <b>", await device.ReceiveAsync());
        await SayAsync(yui, "/time");
        await Expect(yui.Locator("li").Nth(2)).ToContainTextAsync("clock: Yui, it is", AlsoPatience);
        var ren = await OpenAsync(room, "Ren");

        await Expect(ren.Locator("li").Nth(0)).ToHaveTextAsync("Yui: 緑茶 <b>", Patience);
        await Expect(ren.Locator("li")).ToHaveCountAsync(3);
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Ren, Yui, clock", Patience);
        await Browser.KeepAsync(ren, "ably-room");
        await ren.CloseAsync();
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Yui, clock", Patience);
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("What to say").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Say" }).ClickAsync();
    }

    private async Task<IPage> OpenAsync(SampleProcess room, string name)
    {
        var page = await browser.OpenAsync(new Uri($"http://localhost:{room.Address.Port}/?name={name}"));
        await Expect(page.Locator("body[data-ready=yes]")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        return page;
    }
}
