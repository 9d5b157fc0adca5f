using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>The Console page in the hands of whoever runs the hub, and of others.</summary>
public sealed class AdminConsoleTests(Chromium chromium)
{
    private const string Token = "of-whoever-runs-the-hub";
    private const string Link = "kodama#admin=" + Token;

    [Fact]
    public async Task Link_OfWhoeverRunsTheHub_ShowsAddressesAndLeavesTheAddressBar()
    {
        await using var hub = await StartAsync();
        await using var ken = await DotNetClient.JoinAsync(hub.Room("workshop", "name=Ken"));
        await using var visitor = await OpenAsync(hub, Link, "desk light en");

        await ExpectStateAsync(visitor, "granted");
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(hub.Url, "kodama#console").ToString());
        await Expect(visitor.Page.Locator("td.col-address")).ToHaveTextAsync("127.0.0.1");
        Assert.DoesNotContain(Token, await KeptAsync(visitor, "localStorage"), StringComparison.Ordinal);
        await visitor.Page.ReloadAsync();
        await ExpectStateAsync(visitor, "granted");

        await visitor.Find("give-up").ClickAsync();
        await ExpectStateAsync(visitor, "none");
        await Expect(visitor.Page.Locator("td.col-address")).ToHaveCountAsync(0);
        await Expect(visitor.Find("disconnect")).ToHaveCountAsync(0);
        Assert.DoesNotContain(Token, await KeptAsync(visitor, "sessionStorage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_OpenedWhereThePageIsAlready_LeavesTheAddressBarToo()
    {
        await using var hub = await StartAsync();
        await using var visitor = await OpenAsync(hub, "kodama");

        await visitor.Page.EvaluateAsync($"location.hash = '#admin={Token}'");

        await ExpectStateAsync(visitor, "granted");
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(hub.Url, "kodama#console").ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("maple")]
    public async Task Link_OfAnEarlierStart_IsSaidToBeThatAndForgotten(string? token)
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { AdminToken = Token, Token = token });
        var query = token is null ? "" : $"?token={token}";
        await using var visitor = await OpenAsync(hub, $"kodama{query}#admin=of-an-earlier-start", expected: "403");

        await ExpectStateAsync(visitor, "refused");
        await Expect(visitor.Find("admin-refused")).ToContainTextAsync("does not accept");
        await Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", "live");
        await Expect(visitor.Find("announce")).ToHaveCountAsync(0);
        Assert.DoesNotContain("of-an-earlier-start", await KeptAsync(visitor, "sessionStorage"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("phone dark ja")]
    [InlineData("desk light en")]
    public async Task Viewer_SeesNoAddressesAndHowToRunTheHub(string name)
    {
        await using var hub = await StartAsync();
        await using var ken = await DotNetClient.JoinAsync(hub.Room("workshop", "name=Ken"));
        await using var visitor = await OpenAsync(hub, "#console", name);
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(1);
        foreach (var part in new[] { "announce", "disconnect", "manage-room", "refusals" })
            await Expect(visitor.Find(part)).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator(".col-address")).ToHaveCountAsync(0);

        await visitor.Find("run").ClickAsync();
        await Expect(visitor.Find("admin-form")).ToContainTextAsync("kodama serve");
        await visitor.PhotographAsync("console how to run it");
        await visitor.Find("admin-token").FillAsync(Token);
        await visitor.Page.Keyboard.PressAsync("Enter");

        await ExpectStateAsync(visitor, "granted");
        await Expect(visitor.Page.Locator("td.col-address")).ToHaveTextAsync("127.0.0.1");
    }

    [Theory]
    [InlineData("phone light ja")]
    [InlineData("desk dark en")]
    public async Task Announcement_ToARoomOrToEverybody_IsHeardThere(string name)
    {
        await using var hub = await StartAsync();
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var ken = await DotNetClient.JoinAsync(hub.Room("workshop", "name=Ken"));
        await using var visitor = await OpenAsync(hub, Link, name);
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(2);

        await visitor.Find("announce-to").SelectOptionAsync("garden");
        await visitor.Find("announce-text").FillAsync("Mind the hose.");
        await visitor.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("Mind the hose.", await yui.ReceiveTextAsync());
        await Expect(visitor.Find("announce-told")).ToHaveTextAsync(
            visitor.Look.Reads("Sent to 1 peer.", "1ピアに送信しました。"));
        await Expect(visitor.Find("announce-text")).ToHaveValueAsync("");

        await visitor.Find("announce-to").SelectOptionAsync("");
        await visitor.Find("announce-text").FillAsync("We close in ten minutes.");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("announce")).ToContainTextAsync(visitor.Look.Reads("cannot be taken back", "取り消せません"));
        await visitor.PhotographAsync("console announce", whole: true);
        // The focus is on what does nothing.
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("announce-send-yes")).ToHaveCountAsync(0);
        await visitor.Find("announce-send").ClickAsync();
        await visitor.Find("announce-send-yes").ClickAsync();
        Assert.Equal("We close in ten minutes.", await yui.ReceiveTextAsync());
        Assert.Equal("We close in ten minutes.", await ken.ReceiveTextAsync());
        await Expect(visitor.Find("announce-text")).ToBeFocusedAsync();
        await visitor.ExpectNoSidewaysScrollAsync();
    }

    [Theory]
    [InlineData("phone dark en")]
    [InlineData("desk light ja")]
    public async Task Peer_ThatIsDisconnected_IsToldWhy(string name)
    {
        await using var hub = await StartAsync();
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var ken = await DotNetClient.JoinAsync(hub.Room("garden", "name=Ken"));
        await using var visitor = await OpenAsync(hub, Link, name);
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(2);
        var row = visitor.Find("peer-row").Filter(new() { HasText = "Ken" });

        await row.GetByTestId("disconnect").ClickAsync();
        await visitor.Find("disconnect-reason").FillAsync(new string('あ', 41));
        await Expect(visitor.Find("disconnect-reason")).ToHaveAttributeAsync("aria-invalid", "true");
        await visitor.Find("disconnect-reason").FillAsync("Not in here.");
        await visitor.PhotographAsync("console disconnect");
        await visitor.Find("disconnect-yes").ClickAsync();

        Assert.Equal((4001, "Not in here."), await ken.ReceiveCloseAsync());
        await Expect(row).ToHaveCountAsync(0);
        await Expect(visitor.Find("peers-told")).ToHaveTextAsync(
            visitor.Look.Reads("Ken was disconnected.", "Ken を切断しました。"));
        await Expect(visitor.Find("peers-told")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Peer_ThatHasGoneMeanwhile_IsSaidToHaveGone()
    {
        await using var hub = await StartAsync();
        await using var watch = await hub.WatchAsync("garden");
        await using var ken = await DotNetClient.JoinAsync(hub.Room("garden", "name=Ken"));
        await using var visitor = await OpenAsync(hub, Link, expected: "404");
        await visitor.Find("disconnect").ClickAsync();

        await ken.DisposeAsync();
        await watch.UntilHereAsync("Ken");
        await watch.UntilGoneAsync("Ken");
        await visitor.Find("disconnect-yes").ClickAsync();

        await Expect(visitor.Find("disconnect-told")).ToHaveTextAsync("It has already gone.");
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("desk dark ja")]
    public async Task Room_ItsStateIsSetReplacedAndRemoved_AndItIsClosed(string name)
    {
        await using var hub = await StartAsync();
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var visitor = await OpenAsync(hub, Link, name);
        await visitor.Find("manage-room").ClickAsync();
        await Expect(visitor.Find("room-dialog")).ToContainTextAsync("garden");

        await visitor.Find("state-new-key").FillAsync("topic");
        await visitor.Find("state-new-value").FillAsync("maples");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("state-key")).ToContainTextAsync("maples");
        await visitor.Find("state-new-key").FillAsync("topic");
        await visitor.Find("state-new-value").FillAsync("{\"tree\":\"ginkgo\",\"red\":false}");
        await visitor.Find("set-key").ClickAsync();
        await Expect(visitor.Find("state-key")).ToContainTextAsync("maples");
        await visitor.Find("set-key-yes").ClickAsync();
        await Expect(visitor.Find("state-key")).ToContainTextAsync("ginkgo");
        await Expect(visitor.Find("state-new-key")).ToBeFocusedAsync();
        await visitor.PhotographAsync("console room");
        await visitor.Find("remove-key").ClickAsync();
        await visitor.Find("remove-key-yes").ClickAsync();
        await Expect(visitor.Find("state-key")).ToHaveCountAsync(0);

        await visitor.Find("close-room").ClickAsync();
        await visitor.PhotographAsync("console close room");
        await visitor.Find("close-room-yes").ClickAsync();
        Assert.Equal(4003, (await yui.ReceiveCloseAsync()).Code);
        await Expect(visitor.Find("close-room-told")).ToContainTextAsync(visitor.Look.Reads("1 peer was", "1ピア"));
        await Expect(visitor.Find("peer-row")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Key_ThatChangedMeanwhile_IsNotOverwrittenUnseen()
    {
        await using var hub = await StartAsync();
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await using var visitor = await OpenAsync(hub, Link, expected: "412");
        await SetAsync(hub, "seen");
        await visitor.Find("manage-room").ClickAsync();
        await Expect(visitor.Find("state-key")).ToContainTextAsync("seen");

        await SetAsync(hub, "later");
        await visitor.Find("remove-key").ClickAsync();
        await visitor.Find("remove-key-yes").ClickAsync();

        await Expect(visitor.Find("state-told")).ToContainTextAsync("somebody else has changed it");
        await Expect(visitor.Find("state-key")).ToContainTextAsync("later");
    }

    [Theory]
    [InlineData("phone light ja")]
    [InlineData("desk light en")]
    [InlineData("desk dark ja")]
    public async Task Refusals_AreShownWithTheOptionThatWouldAllowThem(string name)
    {
        await using var hub = await StartAsync();
        await AskAsync(hub, "", "Host", "hub.example:8080");
        await using var visitor = await OpenAsync(hub, Link, name);
        await Expect(visitor.Find("refusal")).ToContainTextAsync("--allowed-host hub.example");

        await AskAsync(hub, "ws", "Origin", "http://localhost:3000");
        await AskAsync(hub, "ws", "Origin", "http://localhost:3000");
        await AskAsync(hub, "ws", "Origin", "<img src=x onerror=alert(1)>");
        await AskAsync(hub, "api/admin/rooms/lobby/state", "Accept", "application/json");

        await Expect(visitor.Find("refusal")).ToHaveCountAsync(4);
        await Expect(visitor.Find("refusal").Filter(new() { HasText = "localhost:3000" })).ToContainTextAsync(
            "--origin http://localhost:3000");
        await Expect(visitor.Find("refusal").Filter(new() { HasText = "<img" })).ToContainTextAsync("127.0.0.1");
        Assert.Equal(0, await visitor.Page.Locator("main img").CountAsync());
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("console refusals", whole: true);
    }

    [Fact]
    public async Task Hub_WithATokenToJoin_IsRunByTheLinkAlone()
    {
        await using var hub = await RunningHub.StartAsync(new HubSettings { Token = "maple", AdminToken = Token });
        await using var ken = await DotNetClient.JoinAsync(hub.Room("garden", "token=maple&name=Ken"));
        await using var visitor = await OpenAsync(hub, Link);

        await ExpectStateAsync(visitor, "granted");
        await Expect(visitor.Find("peer-row")).ToContainTextAsync("Ken");
        await Expect(visitor.Find("chart-rates")).ToHaveAttributeAsync("data-since", new System.Text.RegularExpressions.Regex(@"^\d+$"));
    }

    private static Task<RunningHub> StartAsync() => RunningHub.StartAsync(new HubSettings { AdminToken = Token });

    private Task<Visitor> OpenAsync(RunningHub hub, string page, string look = "desk light en", params string[] expected) =>
        Visitor.OpenAsync(chromium, hub.Url, new Look(look), page, expected);

    private static Task ExpectStateAsync(Visitor visitor, string state) =>
        Expect(visitor.Find("admin")).ToHaveAttributeAsync("data-state", state);

    private static Task<string> KeptAsync(Visitor visitor, string storage) =>
        visitor.Page.EvaluateAsync<string>($"JSON.stringify(Object.entries({storage}))");

    private static async Task AskAsync(RunningHub hub, string path, string header, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Url, path));
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await http.SendAsync(request).WithDeadline();
        Assert.InRange((int)answer.StatusCode, 400, 499);
    }

    private static async Task SetAsync(RunningHub hub, string value)
    {
        using var http = new HttpClient();
        using var answer = await http.PutAsync(new Uri(hub.Url, "api/rooms/garden/state/topic"), new StringContent(value)).WithDeadline();
        answer.EnsureSuccessStatusCode();
    }
}
