using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>One message of the console, with all that is known of it.</summary>
public sealed class MessageDetailsTests(Chromium chromium)
{
    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    public async Task Message_Chosen_ShowsWhereItIsFromAndAllOfIt(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub, name);
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=sensor-7&kind=thermometer"));
        // Two of its characters take three bytes.
        const string Said = """{"celsius":21.4,"of":{"place":"greenhouse","rows":[1,2,3]},"note":"木霊"}""";
        await node.SendAsync(Said);

        await visitor.Find("live-message").ClickAsync();

        var details = visitor.Find("message-details");
        await visitor.Find("json").Locator("summary").Nth(1).ClickAsync();
        foreach (var part in new[] { "garden", "message", "sensor-7", "kind: thermometer", $"{Said.Length + 4} B", "greenhouse" })
            await Expect(details).ToContainTextAsync(part);
        await visitor.PhotographAsync("console details");
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Expect(details).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Message_ByKeys_IsOpenedAndTheFocusComesBack()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub);
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        foreach (var text in new[] { "one", "two", "three" }) await yui.SendAsync(text);
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(3);

        await visitor.Find("live-messages").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowUp");
        await visitor.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(visitor.Find("open-message").Nth(1)).ToBeFocusedAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Find("details-payload")).ToHaveTextAsync("two");
        await visitor.Page.Keyboard.PressAsync("Escape");

        await Expect(visitor.Find("open-message").Nth(1)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Message_ThatTheStreamCuts_IsReadWhole()
    {
        var text = new string('a', 40_000) + " the end";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub);
        await using var yui = await DotNetClient.JoinAsync(hub.Room("a%2Fb", "name=Yui"));
        await yui.SendAsync("before");
        await yui.SendAsync(text);
        await Expect(visitor.Find("live-message")).ToHaveCountAsync(2);

        await visitor.Find("open-message").Nth(1).ClickAsync();

        await Expect(visitor.Find("details-payload")).ToHaveTextAsync(text);
        await Expect(visitor.Find("message-details")).ToContainTextAsync("40.0 KB");
        await Expect(visitor.Find("details-note")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task Message_ThatIsNotKept_IsSaidToBeABeginning()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub);
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        using var http = new HttpClient();
        using var said = await http.PostAsync(
            new Uri(hub.Url, "api/rooms/garden/messages?transient=1"), new StringContent(new string('a', 40_000))).WithDeadline();
        await visitor.Find("open-message").ClickAsync();

        await Expect(visitor.Find("details-note")).ToContainTextAsync("beginning");
    }

    [Fact]
    public async Task Message_OfBytes_IsOfferedAsAFile()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub);
        await using var yui = await DotNetClient.JoinAsync(hub.Room("garden", "name=Yui"));
        await yui.SendBinaryAsync(Pictures.Dot);

        await visitor.Find("open-message").ClickAsync();

        await Expect(visitor.Find("message-details").GetByTestId("image")).ToBeVisibleAsync();
        await Expect(visitor.Find("message-details").GetByTestId("download")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task HostileText_InTheDetails_IsShownAsText()
    {
        const string Attack = "<img src=x onerror=alert(1)>";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await OpenAsync(hub);
        var escaped = Uri.EscapeDataString(Attack);
        await using var yui = await DotNetClient.JoinAsync(hub.Room(escaped, $"name={escaped}&{escaped}={escaped}"));
        await yui.SendAsync("{\"" + Attack + "\":\"" + Attack + "\"}");

        await visitor.Find("open-message").ClickAsync();

        await Expect(visitor.Find("json")).ToContainTextAsync($"{Attack}: \"{Attack}\"");
        await Expect(visitor.Find("message-details")).ToContainTextAsync($"{Attack}: {Attack}");
        Assert.Equal(0, await visitor.Page.Locator("main img").CountAsync());
        await visitor.ExpectNoSidewaysScrollAsync();
    }

    private async Task<Visitor> OpenAsync(RunningHub hub, string look = "desk light en")
    {
        var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(look), "#console");
        await Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", "live");
        return visitor;
    }
}
