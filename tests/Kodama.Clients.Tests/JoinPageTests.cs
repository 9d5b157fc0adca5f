using System.Text.RegularExpressions;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>The Join page in Chromium, used as a person would.</summary>
public sealed class JoinPageTests(Chromium chromium)
{
    // What Chromium itself logs while there is no hub to reach.
    private static readonly string[] NoHub = ["net::ERR_", "WebSocket connection to"];

    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    public async Task Room_OfTwoPagesAndANodeClient_IsTheSameForAll(string name)
    {
        var look = new Look(name);
        await using var hub = await RunningHub.StartAsync();
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=sensor-7&kind=thermometer"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, look);
        await using var friend = await Visitor.OpenAsync(chromium, hub.Url);
        var (mine, theirs) = (new JoinPage(visitor), new JoinPage(friend));
        await Expect(visitor.Find("hub-name")).ToHaveTextAsync("Lounge");
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync(look.Reads("Join a room", "ルームに参加"));
        await visitor.PhotographAsync("join form");

        await mine.JoinAsync(look.Reads("Yui", "ゆい"), "garden");
        await theirs.JoinAsync("Ken", "garden");
        await Expect(mine.People).ToHaveCountAsync(3);
        await Expect(theirs.People).ToHaveCountAsync(3);
        await Expect(visitor.Find("presence")).ToContainTextAsync("Ken");

        await mine.SayAsync(look.Reads("Is anyone in the garden?", "庭にだれかいますか?"));
        await theirs.SayAsync("I am, under the old maple.\nIt is quiet here.");
        await node.SendAsync("20 °C");
        await mine.SayAsync("…and so it is.");
        // Both speak at once: each page must still show the one order of the room.
        await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => node.SendAsync($"21.{i} °C")).Append(mine.SayAsync("one")).Append(theirs.SayAsync("two")));

        var read = await mine.ReadAsync(11);
        Assert.Equal(read, await theirs.ReadAsync(11));
        Assert.Equal(["one", "two"], read.Where(text => text is "one" or "two").Order());
        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => $"21.{i} °C"), read.Where(text => text.StartsWith("21.", StringComparison.Ordinal)));
        foreach (var text in read.Where(text => !text.EndsWith("°C", StringComparison.Ordinal)))
            Assert.Equal(text, await node.ReceiveTextAsync());
        await Expect(visitor.Page.Locator("[data-testid=message][data-mine=true]")).ToHaveCountAsync(3);
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("room");

        if (look.IsPhone)
        {
            await visitor.Find("people-toggle").ClickAsync();
            await visitor.PhotographAsync("room people");
        }
        await Expect(visitor.Find("people")).ToContainTextAsync("kind: thermometer");
        await friend.Find("leave").ClickAsync();
        await Expect(mine.People).ToHaveCountAsync(2);
    }

    [Theory]
    [InlineData("phone dark en", "stopped")]
    [InlineData("desk light en", "killed")]
    [InlineData("phone light ja", "stopped")]
    public async Task Reconnect_AfterTheHubWasAway_SendsWhatWaited(string name, string how)
    {
        var look = new Look(name);
        var hub = await RunningHub.StartAsync();
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, look, expected: NoHub);
            var page = new JoinPage(visitor);
            await page.JoinAsync("Yui", "garden");
            await page.SayAsync("before");
            await page.ReadAsync(1);

            if (how == "stopped") await hub.StopAsync();
            else await hub.DisposeAsync();
            await page.ExpectStatusAsync("waiting");
            await Expect(visitor.Find("status")).ToHaveTextAsync(
                look.Reads("Connection lost. Trying again…", "接続が切れました。再接続しています…"));
            await page.SayAsync("meanwhile");
            await Expect(page.Pending).ToHaveAttributeAsync("data-state", "queued");
            await page.Text.FillAsync("half a sen");
            await visitor.PhotographAsync("reconnecting");

            hub = await hub.StartAgainAsync();
            await using var watch = await hub.WatchFromTheStartAsync("garden");
            Assert.Equal(["meanwhile"], await watch.UntilSaidAsync(1));
            await page.ExpectStatusAsync("online");
            Assert.Equal(["before", "meanwhile"], await page.ReadAsync(2));
            // A hub that keeps nothing cannot say what was said in between.
            await Expect(visitor.Find("gap")).ToHaveCountAsync(1);
            await Expect(page.Pending).ToHaveCountAsync(0);
            await Expect(page.Text).ToHaveValueAsync("half a sen");
            await visitor.PhotographAsync("reconnected");
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("desk light en")]
    [InlineData("phone dark ja")]
    public async Task Reconnect_ToAHubThatKeepsItsRooms_GoesOnWithoutAHole(string name)
    {
        var folder = Directory.CreateTempSubdirectory("kodama-page-");
        var hub = await RunningHub.StartAsync(new HubSettings { Data = folder.FullName });
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), expected: NoHub);
            var page = new JoinPage(visitor);
            await page.JoinAsync("Yui", "garden");
            await page.SayAsync("before");
            await page.ReadAsync(1);

            await hub.DisposeAsync();
            await page.ExpectStatusAsync("waiting");
            await page.SayAsync("mine, meanwhile");
            await visitor.Page.Context.SetOfflineAsync(true);
            hub = await hub.StartAgainAsync();
            await using (var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node")))
            {
                await node.DoAsync(new { command = "burst", prefix = "theirs ", count = 3 });
                await using var watch = await hub.WatchAsync("garden");
                await node.SendAsync("theirs 3");
                await watch.UntilSaidAsync(1);
            }
            await visitor.Page.Context.SetOfflineAsync(false);

            await page.ExpectStatusAsync("online");
            Assert.Equal(["before", "theirs 0", "theirs 1", "theirs 2", "theirs 3", "mine, meanwhile"], await page.ReadAsync(6));
            await Expect(visitor.Find("gap")).ToHaveCountAsync(0);
        }
        finally
        {
            await hub.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Reload_WhileInARoom_GoesOnAsTheSamePersonWithTheDraft()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        await using var friend = await Visitor.OpenAsync(chromium, hub.Url);
        var (page, theirs) = (new JoinPage(visitor), new JoinPage(friend));
        await page.JoinAsync("Yui", "garden");
        await theirs.JoinAsync("Ken", "garden");
        await theirs.SayAsync("theirs");
        await page.ReadAsync(1);
        await page.SayAsync("mine");
        await page.ReadAsync(2);
        await page.Text.FillAsync("half a sen");

        await visitor.Page.ReloadAsync();

        await page.ExpectStatusAsync("online");
        Assert.Equal(["theirs", "mine"], await page.ReadAsync(2));
        await Expect(visitor.Page.Locator("[data-testid=message][data-mine=true]")).ToHaveCountAsync(1);
        await Expect(page.Text).ToHaveValueAsync("half a sen");
        await Expect(page.People).ToHaveCountAsync(2);
        await Expect(theirs.People).ToHaveCountAsync(2);
        await page.SayAsync("and on");
        Assert.Equal(["theirs", "mine", "and on"], await theirs.ReadAsync(3));
    }

    [Fact]
    public async Task Reload_WhileTheHubIsAway_SendsOnceWhatWaited()
    {
        var hub = await RunningHub.StartAsync();
        try
        {
            await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, expected: NoHub);
            var page = new JoinPage(visitor);
            await page.JoinAsync("Yui", "garden");
            await hub.StopAsync();
            await page.ExpectStatusAsync("waiting");
            await page.SayAsync("first");
            await page.SayAsync("second");
            await page.Pending.Last.GetByRole(AriaRole.Button).ClickAsync();
            await page.SayAsync("third");
            await Expect(page.Pending).ToHaveCountAsync(2);
            // What is under way when the page is loaded anew is the person's to judge, and not sent again.
            await page.StayAwayAsync();

            hub = await hub.StartAgainAsync();
            await using var watch = await hub.WatchAsync("garden");
            await visitor.Page.ReloadAsync();

            Assert.Equal(["first", "third"], await watch.UntilSaidAsync(2));
            Assert.Equal(["first", "third"], await page.ReadAsync(2));
            await Expect(page.Pending).ToHaveCountAsync(0);
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("desk light en")]
    [InlineData("phone light ja")]
    public async Task Newcomer_SeesWhatWasSaidBefore_AndMoreByScrollingUp(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync("garden");
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));
        await node.DoAsync(new { command = "burst", prefix = "line ", count = 180 });
        await watch.UntilSaidAsync(180);
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);

        await page.JoinAsync("Yui", "garden");
        await Expect(page.Messages.Last).ToHaveTextAsync("line 179");
        await Expect(page.Messages.Last).ToBeInViewportAsync();
        await page.ReadAsync(50);

        // What one reads stays in sight while what was before it comes.
        while (await page.Messages.CountAsync() is var shown && shown < 180)
        {
            var first = page.Messages.First;
            var text = await first.TextContentAsync();
            await first.ScrollIntoViewIfNeededAsync();
            await Expect(page.Messages.Nth(shown)).ToBeAttachedAsync();
            await visitor.NextFrameAsync();
            await Expect(page.Messages.GetByText(text!, new() { Exact = true })).ToBeInViewportAsync();
        }
        await visitor.PhotographAsync("earlier");
        Assert.Equal(Enumerable.Range(0, 180).Select(i => $"line {i}"), await page.ReadAsync(180));
        await Expect(visitor.Find("earlier")).ToHaveCountAsync(0);
        await visitor.ExpectNoSidewaysScrollAsync();
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("desk dark ja")]
    public async Task Refusal_ByAValidator_IsShownInWords(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { MaxPeers = 1 });
        await using var watch = await hub.WatchAsync("garden");
        var first = await DotNetClient.JoinAsync(hub.Room("garden", "name=first"));
        await watch.UntilHereAsync("first");
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);

        await page.EnterAsync("Yui", "garden");
        await page.ExpectStatusAsync("ended");
        await Expect(visitor.Find("status")).ToHaveTextAsync(visitor.Look.Reads("The hub refused you", "ハブに参加を断られました"));
        await Expect(page.Reason).ToContainTextAsync("full", new() { IgnoreCase = true });
        await visitor.PhotographAsync("refused");

        await first.DisposeAsync();
        await watch.UntilGoneAsync("first");
        await visitor.Find("rejoin").ClickAsync();
        await page.ExpectStatusAsync("online");
    }

    [Fact]
    public async Task Refusal_ChangeOfName_GoesBackToTheForm()
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { MaxPeers = 1 });
        await using var watch = await hub.WatchAsync("garden");
        await using var first = await DotNetClient.JoinAsync(hub.Room("garden", "name=first"));
        await watch.UntilHereAsync("first");
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.EnterAsync("Yui", "garden");
        await page.ExpectStatusAsync("ended");

        await visitor.Find("change-name").ClickAsync();

        await Expect(visitor.Find("name")).ToHaveValueAsync("Yui");
    }

    [Theory]
    [InlineData("phone dark en")]
    [InlineData("desk light ja")]
    public async Task Token_WrongThenRight_IsAskedForUntilItIsRight(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), expected: ["401", "403"]);
        var page = new JoinPage(visitor);

        await Expect(visitor.Find("token")).ToBeVisibleAsync();
        await page.EnterAsync("Yui", "garden");
        await Expect(visitor.Find("token")).ToHaveAttributeAsync("aria-invalid", "true");
        await visitor.Find("token").FillAsync("oak");
        await Expect(visitor.Find("token")).ToHaveAttributeAsync("aria-invalid", "false");
        await visitor.PhotographAsync("token form");
        await visitor.Find("enter").ClickAsync();
        await Expect(visitor.Find("token")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visitor.Find("token")).ToHaveAccessibleDescriptionAsync(new Regex("wrong"));
        await visitor.PhotographAsync("token refused");

        await visitor.Find("token").FillAsync("maple");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await page.ExpectStatusAsync("online");
        await page.SayAsync("hello");
        await page.ReadAsync(1);
    }

    [Theory]
    [InlineData("phone light ja")]
    [InlineData("desk dark en")]
    public async Task Token_OfALinkThatIsWrong_IsMarkedInTheRoom(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var visitor = await Visitor.OpenAsync(
            chromium, hub.Url, new Look(name), "?token=oak&name=Yui&room=garden", "401", "403", "WebSocket connection to");
        var page = new JoinPage(visitor);

        await visitor.Find("enter").ClickAsync();
        await page.ExpectStatusAsync("denied");
        await Expect(visitor.Find("token")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visitor.Find("token")).ToHaveAccessibleDescriptionAsync(new Regex("wrong"));
        await visitor.PhotographAsync("token refused in room");
        await visitor.Find("token").FillAsync("maple");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await page.ExpectStatusAsync("online");
    }

    [Fact]
    public async Task EmptyText_IsNotSent()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync("garden");
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");

        foreach (var empty in new[] { "", "   ", "\n\n", "\u3000", "\u200B" })
        {
            await page.SayAsync(empty);
            await Expect(visitor.Find("send")).ToBeDisabledAsync();
        }
        await page.SayAsync("something  \n");

        Assert.Equal(["something"], await watch.UntilSaidAsync(1));
        await page.ReadAsync(1);
    }

    [Theory]
    [InlineData("phone dark ja")]
    [InlineData("desk light en")]
    public async Task Links_OfWebPages_AreLinksAndNothingElseIs(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));

        await node.SendAsync("see http://192.168.1.20/a_(b)?c=d&e#f). 次は https://example.com/を見て");
        await node.SendAsync("javascript:alert(1) data:text/html,x http://good.example@evil.example/ \"http://x/\" onclick=\"alert(1)");

        await page.ReadAsync(2);
        var links = page.Messages.First.GetByRole(AriaRole.Link);
        await Expect(links).ToHaveCountAsync(2);
        await Expect(links.First).ToHaveAttributeAsync("href", "http://192.168.1.20/a_(b)?c=d&e#f");
        await Expect(links.Last).ToHaveAttributeAsync("href", "https://example.com/");
        await Expect(links.Last).ToHaveAttributeAsync("rel", "noopener noreferrer");
        await Expect(links.Last).ToHaveAttributeAsync("target", "_blank");
        links = page.Messages.Last.GetByRole(AriaRole.Link);
        await Expect(links).ToHaveCountAsync(1);
        await Expect(links).ToHaveAttributeAsync("href", "http://x/");
        await visitor.PhotographAsync("links");
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("desk dark ja")]
    public async Task Json_IsUnfoldedLevelByLevel(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));

        await node.SendAsync("{\"sensor\":\"<b>t7</b>\",\"readings\":[21.5,{\"unit\":\"°C\"}],\"ok\":true}");
        await visitor.Find("unfold").ClickAsync();
        await Expect(visitor.Find("json")).ToContainTextAsync("sensor: \"<b>t7</b>\"");
        await visitor.Find("json").GetByText("readings:").ClickAsync();
        await Expect(visitor.Find("json")).ToContainTextAsync("21.5");
        await Expect(visitor.Find("json")).Not.ToContainTextAsync("unit");
        await visitor.Find("json").GetByText("{1}").ClickAsync();
        await Expect(visitor.Find("json")).ToContainTextAsync("unit: \"°C\"");
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("json");
        await visitor.Find("unfold").ClickAsync();
        await Expect(page.Messages).ToContainTextAsync("{\"sensor\":");
    }

    [Theory]
    [InlineData("phone light ja")]
    [InlineData("phone dark en")]
    [InlineData("desk dark ja")]
    [InlineData("desk light en")]
    public async Task Invitation_OfARoom_LeadsIntoIt(string name)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name), "?token=maple");
        await using var friend = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "庭 & co");

        await visitor.Find("invite").ClickAsync();
        var link = await visitor.Find("room-link").InnerTextAsync();
        await Expect(visitor.Find("qr")).ToHaveAttributeAsync("data-text", link);
        Assert.Contains("token=maple", link, StringComparison.Ordinal);
        await visitor.PhotographAsync("invitation");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Expect(visitor.Find("room-invite")).ToHaveCountAsync(0);

        await friend.Page.GotoAsync(link);
        await Expect(friend.Find("room")).ToHaveValueAsync("庭 & co");
        await friend.Find("name").FillAsync("Ken");
        await friend.Find("enter").ClickAsync();
        await Expect(page.People).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Token_InThePagesAddress_IsNotAskedForNorLeftThere()
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple" });
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "?token=maple&room=garden&name=Yui");
        await Expect(visitor.Find("name")).ToHaveValueAsync("Yui");
        await Expect(visitor.Find("token")).ToHaveCountAsync(0);
        await Expect(visitor.Page).ToHaveURLAsync(hub.Url + "?room=garden&name=Yui");

        await visitor.Page.ReloadAsync();
        await visitor.Find("enter").ClickAsync();

        await new JoinPage(visitor).ExpectStatusAsync("online");
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("desk dark en")]
    public async Task HostileText_InMessageNameAndRoom_IsShownAsText(string name)
    {
        const string Attack = "<img src=x onerror=alert(1)>";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);
        await page.JoinAsync(Attack, Attack);
        await using var node = await ScriptedClient.JoinNodeAsync(
            hub.Room(Uri.EscapeDataString(Attack), "name=" + Uri.EscapeDataString(Attack)));
        await Expect(page.People).ToHaveCountAsync(2);

        await node.SendAsync(Attack);
        await node.SendAsync("\u202Eevil\u202C " + new string('W', 300) + "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nthe end");
        await node.SendAsync("{\"event\":\"<script>alert(2)</script>\",\"args\":[\"</script>\"]}");

        var read = await page.ReadAsync(3);
        Assert.Equal(Attack, read[0]);
        Assert.Equal(0, await visitor.Page.Locator("main img, main script").CountAsync());
        await Expect(page.People.First).ToContainTextAsync(Attack);
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("hostile");
    }

    [Fact]
    public async Task LongWordsAndEmoji_OnANarrowPhone_Wrap()
    {
        var forest = string.Concat(Enumerable.Repeat("🌲", 64));
        var word = new string('W', 60);
        await using var hub = await RunningHub.StartAsync();
        await using var other = await DotNetClient.JoinAsync(hub.Room(Uri.EscapeDataString(forest), $"name={word}&{word}={word}"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, Look.Phone);
        var page = new JoinPage(visitor);
        await visitor.Page.SetViewportSizeAsync(320, 640);

        await visitor.Page.Locator(".chip").ClickAsync();
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.Find("name").FillAsync(forest[..40]);
        await visitor.Find("enter").ClickAsync();
        await page.ExpectStatusAsync("online");
        await page.SayAsync(forest + word);
        await other.SendAsync(word + word);
        await page.ReadAsync(2);
        await visitor.Find("people-toggle").ClickAsync();
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("narrow room");

        await visitor.Find("nav-console").ClickAsync();
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(2);
        await other.SendAsync(word + word);
        var time = visitor.Find("live-message").Locator("time");
        await time.ScrollIntoViewIfNeededAsync();
        await Expect(time).ToBeInViewportAsync(new() { Ratio = 1 });
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("narrow console", whole: true);
    }

    [Fact]
    public async Task RoomInALink_LongerThanTheHubTakes_IsRefusedInWords()
    {
        var forest = string.Concat(Enumerable.Repeat("🌲", 128));
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "?name=Yui&room=" + Uri.EscapeDataString(forest));

        await visitor.Find("enter").ClickAsync();

        await Expect(visitor.Page.Locator("#join-error")).ToContainTextAsync("255");
        await Expect(visitor.Find("room-view")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Keyboard_Alone_IsEnough()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await Expect(visitor.Find("hub-name")).ToHaveTextAsync("Lounge");

        Assert.Equal(["skip", "nav-join", "nav-console", "theme", "language", "name", "room", "enter"], await TabThroughAsync(visitor, 8));
        await visitor.PhotographAsync("keyboard focus");
        await visitor.Find("name").FocusAsync();
        await visitor.Page.Keyboard.TypeAsync("Yui");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.TypeAsync("garden");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await page.ExpectStatusAsync("online");

        // The composer has the focus already; Shift+Enter makes a line, Enter sends.
        await Expect(page.Text).ToBeFocusedAsync();
        await visitor.Page.Keyboard.TypeAsync("first");
        await visitor.Page.Keyboard.PressAsync("Shift+Enter");
        await visitor.Page.Keyboard.TypeAsync("second");
        await visitor.Page.Keyboard.PressAsync("Enter");
        Assert.Equal(["first\nsecond"], await page.ReadAsync(1));

        foreach (var _ in Enumerable.Range(0, 3)) await visitor.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(visitor.Find("leave")).ToBeFocusedAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("join-form")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reader_ScrolledUp_IsToldOfNewMessagesAndNotMoved()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, Look.Phone);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));
        await Expect(page.People).ToHaveCountAsync(2);
        await node.DoAsync(new { command = "burst", prefix = "line ", count = 40 });
        await page.ReadAsync(40);
        await Expect(page.Messages.Last).ToBeInViewportAsync();

        await page.Messages.First.ScrollIntoViewIfNeededAsync();
        await visitor.NextFrameAsync();
        await node.SendAsync("news");
        await page.ReadAsync(41);
        await Expect(page.Messages.First).ToBeInViewportAsync();
        await Expect(visitor.Find("new-messages")).ToBeVisibleAsync();
        await visitor.PhotographAsync("new messages");
        await visitor.Find("new-messages").ClickAsync();

        await Expect(page.Messages.Last).ToBeInViewportAsync();
        await Expect(visitor.Find("new-messages")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Language_Chosen_IsRememberedAndSaidInTheDocument()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");

        await visitor.Find("language").SelectOptionAsync("ja");
        await visitor.Page.ReloadAsync();

        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "ja");
        await Expect(visitor.Find("enter")).ToHaveTextAsync("参加する");
    }

    [Theory]
    [InlineData("desk dark en", "rgb(16, 21, 18)")]
    [InlineData("phone light ja", "rgb(245, 246, 241)")]
    public async Task Theme_Chosen_WinsOverTheDevicesAndIsRemembered(string name, string device)
    {
        const string Light = "rgb(245, 246, 241)", Dark = "rgb(16, 21, 18)";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var ground = visitor.Page.Locator("html");
        await Expect(ground).ToHaveCSSAsync("background-color", device);

        await visitor.Find("theme").ClickAsync();
        await Expect(ground).ToHaveCSSAsync("background-color", Light);
        await visitor.Find("theme").ClickAsync();
        await Expect(ground).ToHaveCSSAsync("background-color", Dark);
        await visitor.Page.ReloadAsync();
        await Expect(ground).ToHaveCSSAsync("background-color", Dark);
        await Expect(visitor.Find("theme")).ToHaveAccessibleNameAsync(visitor.Look.Reads("Colours: dark", "配色：ダーク"));
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("theme");

        await visitor.Find("theme").ClickAsync();
        await Expect(ground).ToHaveCSSAsync("background-color", device);
    }

    private static async Task<IReadOnlyList<string>> TabThroughAsync(Visitor visitor, int count)
    {
        var stops = new List<string>();
        for (var i = 0; i < count; i++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            stops.Add(
                await visitor.Page.EvaluateAsync<string>("document.activeElement.dataset.testid ?? document.activeElement.className"));
        }
        return stops;
    }
}
