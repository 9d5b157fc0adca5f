using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>A page beside the hub's own, which a hub serves and nobody has written a server for.</summary>
public sealed class ChatTests(Browser browser)
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task Chat_TwoPages_SeeWhoIsHereAndWhatIsSaid()
    {
        await using var hub = await ServeAsync();
        var yui = await OpenAsync(hub, "Yui");
        var ren = await OpenAsync(hub, "Ren");
        await Expect(yui.Locator("#here")).ToHaveTextAsync("Here: Ren, Yui", Patience);

        await SayAsync(ren, "こんにちは <b>");
        await Expect(yui.Locator("li")).ToHaveTextAsync("Ren: こんにちは <b>", Patience);
        await Expect(ren.Locator("li")).ToHaveTextAsync("I: こんにちは <b>", Patience);
        await Browser.KeepAsync(yui, "chat");
        var aoi = await OpenAsync(hub, "Aoi");

        await Expect(aoi.Locator("li")).ToHaveTextAsync("Ren: こんにちは <b>", Patience);
    }

    [Fact]
    public async Task Chat_SaidWhileTheHubIsAway_IsThereOnceWhenItIsBack()
    {
        var data = Directory.CreateTempSubdirectory("kodama-chat-");
        try
        {
            await using var first = await ServeAsync("--data", data.FullName);
            var yui = await OpenAsync(first, "Yui");
            await SayAsync(yui, "before");
            await Expect(yui.Locator("li:not(.waits)")).ToHaveTextAsync("I: before", Patience);
            await first.StopAsync();
            await SayAsync(yui, "meanwhile");
            await Expect(yui.Locator("li.waits")).ToHaveTextAsync("I: meanwhile", Patience);

            await using var second = await ServeAsync("--data", data.FullName, "--port", $"{first.Address.Port}");

            await Expect(yui.Locator("li:not(.waits)")).ToHaveTextAsync(["I: before", "I: meanwhile"], new() { Timeout = 60_000 });
            var ren = await OpenAsync(second, "Ren");
            await Expect(ren.Locator("li")).ToHaveTextAsync(["Yui: before", "Yui: meanwhile"], new() { Timeout = 30_000 });
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static Task<SampleProcess> ServeAsync(params string[] options) =>
        SampleProcess.ServeAsync(["--no-advertise", "--www", SampleProcess.Folder("Chat"), .. options]);

    private async Task<IPage> OpenAsync(SampleProcess hub, string name)
    {
        var page = await browser.OpenAsync(new Uri(hub.Address, $"?name={name}"));
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("connected", Patience);
        await Expect(page.Locator("#here")).ToContainTextAsync(name, new() { Timeout = 30_000 });
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("Message").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
    }
}
