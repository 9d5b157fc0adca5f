using System.Globalization;
using System.Text.Json.Nodes;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>The Console page in Chromium, used as a person would.</summary>
public sealed class ConsolePageTests(Chromium chromium)
{
    // Pixels of a chart in the colour of its first series.
    private const string Drawn = """
        chart => {
          const colour = getComputedStyle(chart).getPropertyValue("--chart-1").trim();
          const wanted = colour.match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16));
          const canvas = chart.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let drawn = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200 && wanted.every((part, channel) => Math.abs(data[i + channel] - part) < 16)) drawn++;
          }
          return drawn;
        }
        """;

    private static readonly string[] NoHub = ["net::ERR_", "WebSocket connection to"];

    [Fact]
    public async Task Charts_OfAHubThatHasRun_BeginWithWhatItHasCounted()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync("garden");
        for (var second = 0; second < 3; second++) await watch.NextSecondAsync();
        var opened = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");

        foreach (var chart in new[] { "chart-rates", "chart-peers" })
        {
            // By the hub's clock, which is this machine's: of before anybody looked.
            await visitor.Page.WaitForFunctionAsync(
                "([id, opened]) => Number(document.querySelector(`[data-testid=${id}]`)?.dataset.since ?? opened) < opened - 1500",
                new object[] { chart, opened });
        }
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    [InlineData("desk light en")]
    public async Task Console_OfALivelyHub_ShowsWhatHappens(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "#console");
        await ExpectStatusAsync(visitor, "live");
        await Expect(visitor.Find("console-status")).ToHaveTextAsync(visitor.Look.Reads("Live", "ライブ"));
        await visitor.PhotographAsync("console quiet", whole: true);

        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=sensor-7&kind=thermometer"));
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var ken = await DotNetClient.JoinAsync(hub.Room("workshop", "name=Ken&device=tablet"));
        await Expect(visitor.Find("room-row")).ToHaveCountAsync(2);
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(3);
        await Expect(visitor.Find("number-peers")).ToHaveTextAsync("3");
        await Expect(visitor.Find("number-rooms")).ToHaveTextAsync("2");
        await visitor.SeeAsync("number-in", "^0");
        var seen = visitor.SeeAsync("number-in", "[1-9]");
        await node.SendAsync("21.4 °C");
        await yui.SendAsync("The maple has turned red.");
        await ken.SendAsync("Saw is running, mind the door.");
        await ken.SendBinaryAsync(new byte[2048]);
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(4);
        await Expect(visitor.Find("live-message").Filter(new() { HasText = "maple" })).ToContainTextAsync("Yui");
        await seen;

        await Expect(visitor.Find("qr")).ToHaveAttributeAsync("data-text", hub.Url.ToString());
        await Expect(visitor.Find("address")).ToHaveTextAsync(hub.Url.ToString().TrimEnd('/'));
        foreach (var chart in new[] { "chart-rates", "chart-peers" })
        {
            Assert.InRange(await visitor.Find(chart).EvaluateAsync<int>(Drawn), 20, int.MaxValue);
        }
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("console lively", whole: true);

        await visitor.Find("filter-room").SelectOptionAsync("workshop");
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(2);
        await Expect(visitor.Find("qr")).ToHaveAttributeAsync("data-text", hub.Url + "?room=workshop");
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);
        await visitor.Find("filter-messages").FillAsync("SAW");
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(1);
        await visitor.Find("filter-room").SelectOptionAsync("");
        await visitor.Find("filter-messages").FillAsync("");
        await visitor.Find("filter-peers").FillAsync("tablet");
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);

        await visitor.Find("pause").ClickAsync();
        await yui.SendAsync("Not while paused.");
        await Expect(visitor.Page.Locator(".live-note")).ToContainTextAsync("1");
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(4);
        await visitor.Find("pause").ClickAsync();
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(5);
    }

    [Theory]
    [InlineData("phone light ja")]
    [InlineData("desk dark en")]
    public async Task Console_AfterTheHubWasAway_ComesBackByItself(string name)
    {
        var hub = await RunningHub.StartAsync();
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "#console", NoHub);
            await ExpectStatusAsync(visitor, "live");

            await hub.StopAsync();
            await ExpectStatusAsync(visitor, "waiting");
            await Expect(visitor.Find("console-status")).ToHaveTextAsync(
                visitor.Look.Reads("Connection lost. Trying again…", "接続が切れました。再接続しています…"));
            await visitor.PhotographAsync("console reconnecting");

            hub = await hub.StartAgainAsync();
            await ExpectStatusAsync(visitor, "live");
            await using var client = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
            await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task Console_AfterTheHubCameBackUnderAnotherName_TellsOfTheNewOne()
    {
        var hub = await RunningHub.StartAsync();
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console", expected: NoHub);
            await ExpectStatusAsync(visitor, "live");
            await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Lounge");
            var started = await StartedAtAsync(hub);
            await hub.StopAsync();
            await ExpectStatusAsync(visitor, "waiting");

            hub = await hub.StartAgainAsync("Atelier");
            await ExpectStatusAsync(visitor, "live");

            await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Atelier");
            await Expect(visitor.Find("hub-name")).ToHaveTextAsync("Atelier");
            await Expect(visitor.Page).ToHaveTitleAsync("Console · Atelier · Kodama");
            await Expect(visitor.Find("number-uptime")).ToHaveAttributeAsync("data-since", await StartedAtAsync(hub));
            Assert.NotEqual(started, await StartedAtAsync(hub));
            await visitor.Find("nav-join").ClickAsync();
            await Expect(visitor.Find("join-form")).ToContainTextAsync("Atelier");
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task Room_AfterTheHubCameBackUnderAnotherName_TellsOfTheNewOne()
    {
        var hub = await RunningHub.StartAsync();
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, expected: NoHub);
            var page = new JoinPage(visitor);
            await page.JoinAsync("Yui", "garden");
            await hub.StopAsync();
            await page.ExpectStatusAsync("waiting");

            hub = await hub.StartAgainAsync("Atelier");

            await Expect(visitor.Find("hub-name")).ToHaveTextAsync("Atelier");
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(1280)]
    [InlineData(900)]
    public async Task Charts_BesideALongColumn_HaveNoBlankBandBelow(int width)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        var rooms = new List<DotNetClient>();
        foreach (var i in Enumerable.Range(0, 12)) rooms.Add(await DotNetClient.JoinAsync(hub.Room($"room-{i}", "token=maple")));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "?token=maple#console");
        await visitor.Page.SetViewportSizeAsync(width, 900);
        await Expect(visitor.Find("room-row")).ToHaveCountAsync(12);
        await visitor.PhotographAsync($"charts {width}");

        var feet = new List<float>();
        foreach (var chart in new[] { "chart-rates", "chart-peers" })
        {
            // From the foot of the canvas to the edge of its panel: no more than the panel's padding.
            var panel = await visitor.Page.Locator(".panel").Filter(new() { Has = visitor.Find(chart) }).BoundingBoxAsync();
            var canvas = await visitor.Find(chart).Locator("canvas").BoundingBoxAsync();
            feet.Add(canvas!.Y + canvas.Height);
            Assert.InRange(panel!.Y + panel.Height - feet[^1], 0, 16);
        }
        // Side by side, they stand on one line.
        Assert.Equal(feet[0], feet[1]);
        foreach (var client in rooms) await client.DisposeAsync();
    }

    [Theory]
    [InlineData("phone dark en")]
    [InlineData("desk light ja")]
    public async Task Token_WrongThenRight_IsAskedForUntilItIsRight(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "#console", "401", "403");
        await Expect(visitor.Find("token")).ToBeFocusedAsync();
        await visitor.PhotographAsync("console token");

        await visitor.Page.Keyboard.TypeAsync("oak");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("token-form").GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("wrong");
        await visitor.Find("token").FillAsync("maple");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await ExpectStatusAsync(visitor, "live");
        // Who scans the code is invited, token and all, unless whoever shows it would rather not.
        await Expect(visitor.Find("qr")).ToHaveAttributeAsync("data-text", hub.Url + "?token=maple");
        await visitor.PhotographAsync("console invite with token", whole: true);
        await visitor.Page.GetByRole(Microsoft.Playwright.AriaRole.Checkbox).UncheckAsync();
        await Expect(visitor.Find("qr")).ToHaveAttributeAsync("data-text", hub.Url.ToString());
    }

    [Fact]
    public async Task HostileText_OfPeersAndMessages_IsShownAsText()
    {
        const string Attack = "<img src=x onerror=alert(1)>";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        await ExpectStatusAsync(visitor, "live");

        var escaped = Uri.EscapeDataString(Attack);
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room(escaped, $"name={escaped}&{escaped}={escaped}"));
        await node.SendAsync(Attack + new string('W', 2000));

        await Expect(visitor.Find("live-message")).ToContainTextAsync(Attack);
        await Expect(visitor.Find("peer-row")).ToContainTextAsync($"{Attack}: {Attack}");
        await Expect(visitor.Find("room-row")).ToContainTextAsync(Attack);
        Assert.Equal(0, await visitor.Page.Locator("main img").CountAsync());
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("console hostile", whole: true);
    }

    [Fact]
    public async Task Snippets_ByArrowKeys_AllNameThisHubAndAreCopied()
    {
        string[] ids = ["browser", "node", "socketio", "kodama", "python", "csharp", "dart", "flutter", "curl"];
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        await visitor.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await ExpectStatusAsync(visitor, "live");

        await visitor.Find("snippet-browser").FocusAsync();
        foreach (var id in ids)
        {
            await Expect(visitor.Find("snippet-" + id)).ToBeFocusedAsync();
            await Expect(visitor.Find("snippet")).ToContainTextAsync(hub.Url.Authority);
            await visitor.Page.Keyboard.PressAsync("ArrowRight");
        }
        await Expect(visitor.Find("snippet-browser")).ToBeFocusedAsync();

        await visitor.Page.Locator(".snippets").GetByTestId("copy").ClickAsync();
        await Expect(visitor.Page.Locator(".snippets").GetByTestId("copy")).ToHaveTextAsync("Copied");
        Assert.Equal(
            await visitor.Find("snippet").TextContentAsync(), await visitor.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Views_Switched_KeepTheSeatInTheRoom()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");

        await visitor.Find("nav-console").ClickAsync();
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(2);
        await node.SendAsync("while you were looking elsewhere");
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(1);
        await visitor.Find("nav-join").ClickAsync();

        Assert.Equal(["while you were looking elsewhere"], await page.ReadAsync(1));
    }

    private static async Task<string> StartedAtAsync(RunningHub hub)
    {
        using var http = new HttpClient();
        var info = JsonNode.Parse(await http.GetStringAsync(new Uri(hub.Url, "/api/hub")).WithDeadline())!;
        return info["startedAt"]!.GetValue<DateTimeOffset>().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
    }

    private static Task ExpectStatusAsync(Visitor visitor, string status) =>
        Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", status);
}
