using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>axe-core finds nothing in any state of the pages.</summary>
public sealed class AccessibilityTests(Chromium chromium)
{
    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    public async Task Join_FromTheFormToTheRoom_BreaksNoRule(string name)
    {
        var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        try
        {
            await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "token=maple&name=node&kind=thermometer"));
            await using var visitor = await Visitor.OpenAsync(
                chromium, hub.Url, new Look(name), expected: ["401", "403", "net::ERR_", "WebSocket connection to"]);
            var page = new JoinPage(visitor);
            await visitor.ExpectAccessibleAsync();
            await visitor.Find("token").FillAsync("oak");
            await page.EnterAsync("Yui", "garden");
            await Expect(visitor.Find("token")).ToHaveAttributeAsync("aria-invalid", "true");
            await visitor.ExpectAccessibleAsync();
            await visitor.Find("token").FillAsync("maple");
            await visitor.Find("enter").ClickAsync();

            await page.ExpectStatusAsync("online");
            await node.SendAsync("see http://192.168.1.20/");
            await node.SendAsync("{\"event\":\"move\",\"args\":[1,{\"x\":2}]}");
            await visitor.Find("unfold").ClickAsync();
            await page.SendFileAsync("dot.png", Pictures.Dot);
            await Expect(visitor.Find("image")).ToBeVisibleAsync();
            await page.SayAsync("mine");
            await Expect(visitor.Find("message")).ToHaveCountAsync(4);
            await Expect(page.People).ToHaveCountAsync(2);
            await visitor.ExpectAccessibleAsync();
            if (visitor.Look.IsPhone)
            {
                await visitor.Find("people-toggle").ClickAsync();
                await visitor.ExpectAccessibleAsync();
                await visitor.Find("people-toggle").ClickAsync();
            }
            await visitor.Find("invite").ClickAsync();
            await visitor.ExpectAccessibleAsync();
            await visitor.Page.Keyboard.PressAsync("Escape");

            await hub.StopAsync();
            await page.ExpectStatusAsync("waiting");
            await page.SayAsync("meanwhile");
            await Expect(page.Pending).ToHaveCountAsync(1);
            await visitor.ExpectAccessibleAsync();
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("phone dark en")]
    [InlineData("phone light ja")]
    [InlineData("desk dark ja")]
    [InlineData("desk light en")]
    public async Task Console_OfALivelyHub_BreaksNoRule(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "token=maple&name=node&kind=thermometer"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "#console", "401", "403");
        await Expect(visitor.Find("token")).ToBeFocusedAsync();
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("token").FillAsync("maple");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", "live");
        await node.SendAsync("{\"event\":\"move\",\"args\":[1,2]}");
        await node.SendAsync("see http://192.168.1.20/");
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(2);
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("room-row").ClickAsync();
        await visitor.Find("pause").ClickAsync();
        await visitor.ExpectAccessibleAsync();
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    public async Task Console_OfWhoeverRunsTheHub_BreaksNoRule(string name)
    {
        const string Token = "of-whoever-runs-the-hub";
        await using var hub = await RunningHub.StartAsync(new HubSettings { AdminToken = Token });
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "#console", "403");
        await visitor.Find("run").ClickAsync();
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("admin-token").FillAsync("of-an-earlier-start");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("admin")).ToHaveAttributeAsync("data-state", "refused");
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("run").ClickAsync();
        await visitor.Find("admin-token").FillAsync(Token);
        await visitor.Page.Keyboard.PressAsync("Enter");

        using var http = new HttpClient { DefaultRequestHeaders = { { "Origin", "http://localhost:3000" } } };
        using var refused = await http.GetAsync(new Uri(hub.Url, "ws")).WithDeadline();
        await Expect(visitor.Find("refusal")).ToHaveCountAsync(1);
        await visitor.Find("announce-text").FillAsync("We close.");
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("announce-send").ClickAsync();
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("announce-send-yes").ClickAsync();
        await Expect(visitor.Find("announce-told")).Not.ToHaveTextAsync("");

        await visitor.Find("manage-room").ClickAsync();
        await visitor.Find("state-new-key").FillAsync("topic");
        await visitor.Find("set-key").ClickAsync();
        await Expect(visitor.Find("state-key")).ToHaveCountAsync(1);
        await visitor.ExpectAccessibleAsync();
        await visitor.Find("remove-key").ClickAsync();
        await visitor.Find("close-room").ClickAsync();
        await visitor.ExpectAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");

        await visitor.Find("disconnect").ClickAsync();
        await visitor.Find("disconnect-reason").FillAsync(new string('あ', 41));
        await visitor.ExpectAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await yui.SendAsync("{\"red\":[1,2]}");
        await visitor.Find("open-message").Last.ClickAsync();
        await visitor.ExpectAccessibleAsync();
    }

    [Fact]
    public async Task Refusal_BreaksNoRule()
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { MaxPeers = 1 });
        await using var watch = await hub.WatchAsync("garden");
        await using var first = await DotNetClient.JoinAsync(hub.Room("garden", "name=first"));
        await watch.UntilHereAsync("first");
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.EnterAsync("Yui", "garden");
        await page.ExpectStatusAsync("ended");
        await visitor.ExpectAccessibleAsync();
    }
}
