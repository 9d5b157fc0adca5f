using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

public sealed class DrawingBoardTests(Browser browser)
{
    private const string Ink =
        "() => document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1600, 1000).data.some(value => value > 0)";

    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task DrawingBoard_Stroke_AppearsOnTheOthersBoard()
    {
        await using var sample = await StartAsync();
        var yui = await JoinAsync(sample, "Yui");
        var ren = await JoinAsync(sample, "Ren");

        await DrawAsync(ren);

        await yui.WaitForFunctionAsync(Ink);
        await Browser.KeepAsync(yui, "drawing-board");
    }

    [Fact]
    public async Task DrawingBoard_Pen_IsShownToTheOthersUntilItsOwnerLeaves()
    {
        await using var sample = await StartAsync();
        var yui = await JoinAsync(sample, "Yui");
        var ren = await JoinAsync(sample, "Ren");
        using var deadline = Deadline.Source();

        // Where a pen is may be lost on the way: it moves until it is seen.
        for (var x = 100; await yui.Locator("main span").CountAsync() == 0; x = 100 + ((x + 7) % 300))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await ren.Mouse.MoveAsync(x, 300);
        }

        await Expect(yui.Locator("main span")).ToHaveTextAsync("Ren", Patience);
        await ren.CloseAsync();
        await Expect(yui.Locator("main span")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task DrawingBoard_Newcomer_SeesWhatIsThere()
    {
        await using var sample = await StartAsync();
        var yui = await JoinAsync(sample, "Yui");
        var ren = await JoinAsync(sample, "Ren");
        await DrawAsync(ren);
        await yui.WaitForFunctionAsync(Ink);

        var aoi = await JoinAsync(sample, "Aoi");

        await aoi.WaitForFunctionAsync(Ink);
        await Expect(yui.Locator("output")).ToHaveTextAsync("kitchen: Aoi, Ren, Yui", Patience);
    }

    [Fact]
    public async Task DrawingBoard_WhoLeaves_IsListedNoMore()
    {
        await using var sample = await StartAsync();
        var yui = await JoinAsync(sample, "Yui");
        var ren = await JoinAsync(sample, "Ren");
        await Expect(yui.Locator("output")).ToHaveTextAsync("kitchen: Ren, Yui", Patience);

        await ren.CloseAsync();

        await Expect(yui.Locator("output")).ToHaveTextAsync("kitchen: Yui", Patience);
    }

    [Fact]
    public async Task DrawingBoard_Clear_EmptiesEveryBoard()
    {
        await using var sample = await StartAsync();
        var yui = await JoinAsync(sample, "Yui");
        var ren = await JoinAsync(sample, "Ren");
        await DrawAsync(ren);
        await yui.WaitForFunctionAsync(Ink);

        await yui.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        await ren.WaitForFunctionAsync($"() => !({Ink})()");
        await yui.WaitForFunctionAsync($"() => !({Ink})()");
    }

    [Fact]
    public async Task DrawingBoard_OtherBoard_StaysEmpty()
    {
        await using var sample = await StartAsync();
        var ren = await JoinAsync(sample, "Ren");
        var yui = await JoinAsync(sample, "Yui");
        var aoi = await JoinAsync(sample, "Aoi", board: "attic");

        await DrawAsync(ren);
        await yui.WaitForFunctionAsync(Ink);

        // What was sent to all by then has come: an answer comes behind it.
        var answer = await aoi.EvaluateAsync<string>(
            "async () => (await socket.emitWithAck('join', { board: 'attic', name: 'Aoi' })).problem");
        Assert.Equal("Name a board and yourself, once, in 1 to 40 characters.", answer);
        Assert.False(await aoi.EvaluateAsync<bool>(Ink));
    }

    private static Task<SampleProcess> StartAsync() => SampleProcess.StartAsync("DrawingBoard", "--urls", "http://127.0.0.1:0");

    private async Task<IPage> JoinAsync(SampleProcess sample, string name, string board = "kitchen")
    {
        var page = await browser.OpenAsync(new Uri(sample.Address, $"?board={board}"));
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await Expect(page.Locator("output")).ToContainTextAsync(name, new() { Timeout = 30_000 });
        return page;
    }

    private static async Task DrawAsync(IPage page)
    {
        await page.Mouse.MoveAsync(200, 200);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(400, 350, new() { Steps = 15 });
        await page.Mouse.UpAsync();
    }
}
