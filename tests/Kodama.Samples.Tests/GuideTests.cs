using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

public sealed partial class GuideTests(Browser browser)
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task Guide_WhatIsShown_IsOnEveryPhone_AlsoOnThoseThatComeLater()
    {
        await using var sample = await SampleProcess.StartAsync("Guide", "0");
        var guide = await OpenGuideAsync(sample);
        var visitor = await browser.OpenAsync(sample.Address, width: 390);
        await Expect(guide.GetByRole(AriaRole.Status)).ToHaveTextAsync("Phones: 1", Patience);

        await guide.GetByRole(AriaRole.Button, new() { Name = "Loom" }).ClickAsync();

        await Expect(visitor.Locator("h1")).ToHaveTextAsync("Loom", Patience);
        await Expect(guide.Locator("[aria-pressed=true]")).ToHaveTextAsync("Loom", Patience);
        var late = await browser.OpenAsync(sample.Address, width: 390);
        await Expect(late.Locator("h1")).ToHaveTextAsync("Loom", Patience);
        await Expect(guide.GetByRole(AriaRole.Status)).ToHaveTextAsync("Phones: 2", Patience);
        await Browser.KeepAsync(guide, "guide");
        await Browser.KeepAsync(late, "guide-visitor");
    }

    [Fact]
    public async Task Guide_Visitor_CannotShowAnything()
    {
        await using var sample = await SampleProcess.StartAsync("Guide", "0");
        var visitor = await browser.OpenAsync(sample.Address);

        var code = await visitor.EvaluateAsync<string>("""
            async () => {
              const { connect } = await import("/kodama.js");
              const room = connect().room("tour");
              return room.set("exhibit", "map").then(() => "set", error => error.code);
            }
            """);

        Assert.Equal("NOT_ALLOWED", code);
    }

    private async Task<IPage> OpenGuideAsync(SampleProcess sample)
    {
        var link = LinkPattern().Match(await sample.PrintsAsync(LinkPattern())).Value;
        return await browser.OpenAsync(new Uri(sample.Address, link));
    }

    [GeneratedRegex("guide.html#[0-9a-f]{32}")]
    private static partial Regex LinkPattern();
}
