using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

public sealed class PageTests(Browser browser)
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task ChatRoom_TwoBrowsers_SeeEachOtherAndTalk()
    {
        await using var sample = await SampleProcess.StartAsync("ChatRoom", "--urls", "http://127.0.0.1:0");
        var yui = await LoginAsync(sample, "yui", "cedar", width: 900);
        var ren = await LoginAsync(sample, "ren", "maple", width: 390);
        await Expect(yui.Locator("#here")).ToHaveTextAsync("ren, yui", Patience);

        await ren.GetByLabel("Message").FillAsync("こんにちは <b>yui</b>");
        await ren.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(yui.Locator("#lines li")).ToHaveTextAsync("ren こんにちは <b>yui</b>", Patience);
        await Expect(ren.Locator("#lines li")).ToHaveTextAsync("ren こんにちは <b>yui</b>", Patience);
        await Browser.KeepAsync(yui, "chat-room");
        await Browser.KeepAsync(ren, "chat-room-phone");

        await ren.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Expect(yui.Locator("#here")).ToHaveTextAsync("yui", Patience);
    }

    [Fact]
    public async Task ChatRoom_WrongPassword_IsSaid()
    {
        await using var sample = await SampleProcess.StartAsync("ChatRoom", "--urls", "http://127.0.0.1:0");
        var page = await browser.OpenAsync(sample.Address);

        await LoginAsync(page, "yui", "maple");

        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name or password is wrong.", Patience);
    }

    [Fact]
    public async Task SensorDashboard_Page_ShowsEverySensorAndSaysWhenTheHubIsGone()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        var page = await browser.OpenAsync(sample.Address);

        await Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("Live", Patience);
        foreach (var sensor in (string[])["kiln", "greenhouse", "cellar"])
        {
            var reading = page.Locator("section", new() { HasText = sensor }).Locator("output");
            await Expect(reading).ToHaveTextAsync(new Regex(@"^-?\d+\.\d °C$"), Patience);
        }
        await Browser.KeepAsync(page, "sensor-dashboard");

        Assert.Equal(0, await sample.StopAsync());
        await Expect(page.Locator("#state")).ToHaveTextAsync("Connection lost; trying again…", Patience);
    }

    private async Task<IPage> LoginAsync(SampleProcess sample, string name, string password, int width)
    {
        var page = await browser.OpenAsync(sample.Address, width);
        await LoginAsync(page, name, password);
        // Whoever is listed has joined: what is said from now on reaches it.
        await Expect(page.Locator("#here")).ToContainTextAsync(name, new() { Timeout = 30_000 });
        return page;
    }

    private static async Task LoginAsync(IPage page, string name, string password)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }
}
