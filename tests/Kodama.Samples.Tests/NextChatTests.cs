using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>A Next.js application whose pages the hub serves, at the address that phones use.</summary>
public sealed class NextChatTests(Browser browser)
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task NextChat_AtTheAddressOfTheNetwork_Talks()
    {
        await Npm.BuildAsync("NextChat");
        var pages = Path.Combine(SampleProcess.Folder("NextChat"), "out");
        await using var hub = await SampleProcess.ServeAsync("--no-advertise", "--echo", "--www", pages);
        var yui = await OpenAsync(hub);
        var ren = await OpenAsync(hub);

        await yui.GetByLabel("Message").FillAsync("こんにちは");
        await yui.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(ren.Locator("li")).ToHaveTextAsync("こんにちは", Patience);
        await Expect(yui.Locator("li")).ToHaveTextAsync("こんにちは", Patience);
        await Browser.KeepAsync(yui, "next-chat");
    }

    private async Task<IPage> OpenAsync(SampleProcess hub)
    {
        var page = await browser.OpenAsync(
            new Uri("http://192.0.2.20:8080/"), hosts: $"MAP 192.0.2.20:8080 127.0.0.1:{hub.Address.Port}");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("connected by websocket", Patience);
        return page;
    }
}
