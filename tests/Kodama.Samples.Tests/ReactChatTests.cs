using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

/// <summary>socket.io-client in a page of another origin, as tutorials write it, and a hub that nobody has written.</summary>
public sealed class ReactChatTests(ReactChat chat) : IClassFixture<ReactChat>
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task ReactChat_TwoPages_SeeWhatEitherSays()
    {
        var yui = await OpenAsync(width: 600);
        var ren = await OpenAsync(width: 390);

        await SayAsync(yui, "こんにちは <b>ren</b>");
        await Expect(ren.Locator("li")).ToHaveTextAsync("こんにちは <b>ren</b>", Patience);
        await SayAsync(ren, "Hello yui");

        await Expect(yui.Locator("li").Nth(1)).ToHaveTextAsync("Hello yui", Patience);
        await Expect(yui.Locator("li").Nth(0)).ToHaveTextAsync("こんにちは <b>ren</b>", Patience);
        await Expect(ren.Locator("li").Nth(1)).ToHaveTextAsync("Hello yui", Patience);
        await Browser.KeepAsync(yui, "react-chat");
    }

    [Fact]
    public async Task ReactChat_WebSocketClient_IsInTheSameRoom()
    {
        var yui = await OpenAsync();
        using var raw = await TextClient.ConnectAsync(chat.WebSocketAddress);
        // Who hears itself is in the room.
        await raw.SendAsync("from a WebSocket");
        await raw.ReceiveAsync(text => text == "from a WebSocket");

        await SayAsync(yui, "from a page");

        await raw.ReceiveAsync(text => text == "from a page");
        await Expect(yui.Locator("li").First).ToHaveTextAsync("from a WebSocket", Patience);
    }

    private async Task<IPage> OpenAsync(int width = 600)
    {
        var page = await chat.OpenAsync(width);
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Connected", Patience);
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("Message").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
    }
}
