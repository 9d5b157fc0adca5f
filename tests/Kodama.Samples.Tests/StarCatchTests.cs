using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Samples.Tests;

public sealed partial class StarCatchTests(Browser browser)
{
    [Fact]
    public async Task StarCatch_PlayerWhoSteersToTheStar_Scores()
    {
        await using var sample = await StartAsync();
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("play?name=Yui"));

        var score = 0;
        for (var way = ""; score < 2;)
        {
            var (star, player) = Read(await yui.ReceiveAsync(), "Yui");
            score = player.GetProperty("score").GetInt32();
            var to = Way(player.GetProperty("at"), star);
            if (to != way) await yui.SendAsync(way = to);
        }
    }

    [Fact]
    public async Task StarCatch_Page_ShowsThePlayersAndTurnsByKeys()
    {
        await using var sample = await StartAsync();
        var page = await browser.OpenAsync(new Uri(sample.Address, "?name=Ren"));
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync(RenAndScore(), new() { Timeout = 30_000 });
        using var watcher = await TextClient.ConnectAsync(sample.WebSocketAddress("hub/ws/field"));

        await page.Keyboard.PressAsync("ArrowRight");
        await UntilAsync(x => x == 100);
        await page.Keyboard.PressAsync("ArrowLeft");
        await UntilAsync(x => x == 0);

        await Browser.KeepAsync(page, "star-catch");

        async Task UntilAsync(Func<int, bool> isThere)
        {
            await watcher.ReceiveAsync(text => isThere(Read(text, "Ren").Player.GetProperty("at").GetProperty("x").GetInt32()));
        }
    }

    [Fact]
    public async Task StarCatch_WhoLeaves_IsNotThereAnyMore()
    {
        await using var sample = await StartAsync();
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("play?name=Yui"));
        using var ren = await TextClient.ConnectAsync(sample.WebSocketAddress("play?name=Ren"));
        await yui.ReceiveAsync(text => text.Contains("\"Ren\"", StringComparison.Ordinal));

        await ren.CloseAsync();

        await yui.ReceiveAsync(text => !text.Contains("\"Ren\"", StringComparison.Ordinal));
    }

    private static Task<SampleProcess> StartAsync() => SampleProcess.StartAsync("StarCatch", "--urls", "http://127.0.0.1:0");

    private static (JsonElement Star, JsonElement Player) Read(string? tick, string name)
    {
        var state = JsonDocument.Parse(tick!).RootElement;
        var players = state.GetProperty("players").EnumerateArray();
        return (state.GetProperty("star"), players.Single(player => player.GetProperty("name").GetString() == name));
    }

    private static string Way(JsonElement at, JsonElement star)
    {
        var (x, y) = (Difference("x"), Difference("y"));
        if (Math.Abs(x) > 3) return x > 0 ? "right" : "left";
        return y > 0 ? "down" : "up";

        int Difference(string axis) => star.GetProperty(axis).GetInt32() - at.GetProperty(axis).GetInt32();
    }

    [GeneratedRegex(@"^Ren \d+$")]
    private static partial Regex RenAndScore();
}
