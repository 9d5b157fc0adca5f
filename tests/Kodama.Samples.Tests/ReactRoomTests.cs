using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>The hook of kodama-client in a page of another origin.</summary>
public sealed class ReactRoomTests(ReactRoom room) : IClassFixture<ReactRoom>
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task ReactRoom_TwoPages_SeeEachOtherAndWhatEitherSays()
    {
        var yui = await OpenAsync("Yui");
        var ren = await OpenAsync("Ren");
        await Expect(yui.GetByText("Here: Yui, Ren")).ToHaveTextAsync("Here: Yui, Ren", Patience);

        await SayAsync(yui, "こんにちは");
        await Expect(ren.Locator("li")).ToHaveTextAsync("Yui: こんにちは", Patience);
        await SayAsync(ren, "Hello");

        await Expect(yui.Locator("li")).ToHaveTextAsync(["I: こんにちは", "Ren: Hello"], new() { Timeout = 30_000 });
        await Expect(ren.Locator("li")).ToHaveTextAsync(["Yui: こんにちは", "I: Hello"], new() { Timeout = 30_000 });
        await Browser.KeepAsync(yui, "react-room");
    }

    private async Task<IPage> OpenAsync(string name)
    {
        var page = await room.OpenAsync(query: $"?name={name}");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("connected", Patience);
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("Message").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
    }
}
