using System.Text.Json;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>The first programs of the README and the site, samples/Hello, run as they stand, but for the hub's address.</summary>
public sealed class HelloTests(Chromium chromium)
{
    private const string Lobby = "lobby";

    private static readonly string Samples = Path.Combine(Repository.Root, "samples");

    [Fact]
    public Task Node_Talks() => TalkAsync("node.mjs", "Node", Talk.Node);

    [Fact]
    public Task SocketIO_Talks() => TalkAsync("socketio.mjs", "Socket", Talk.SocketIO);

    [Fact]
    public Task Python_Talks() => TalkAsync("hello.py", "Python", Talk.Python);

    [Fact]
    public Task CSharp_Talks() => TalkAsync("hello.cs", "DotNet", Talk.CSharp);

    [Fact]
    public async Task Browser_Talks()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        await Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", "live");
        await using var watch = await hub.WatchAsync(Lobby);
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await watch.UntilHereAsync("friend");
        var logged = visitor.Page.WaitForConsoleMessageAsync();

        await visitor.Page.EvaluateAsync($"() => {{ {await ReadAsync(hub, "Hello/browser.js")} }}");
        Assert.Equal("Hello", await friend.ReceiveTextAsync());
        await friend.SendAsync("Hello yourself");

        Assert.Equal("Hello yourself", (await logged.WithDeadline()).Text);
    }

    [Fact]
    public async Task Page_SaysAndHears()
    {
        var www = new Dictionary<string, string> { ["Kodama__Www"] = Path.Combine(Samples, "Hello") };
        await using var hub = await RunningHub.StartAsync(new HubSettings { Environment = www });
        await using var yui = await Visitor.OpenAsync(chromium, hub.Url, page: "page.html", expected: ["404"]);
        await using var ren = await Visitor.OpenAsync(chromium, hub.Url, page: "page.html", expected: ["404"]);

        await yui.Page.GetByPlaceholder("Message").FillAsync("Hello <b>");
        await yui.Page.GetByPlaceholder("Message").PressAsync("Enter");

        await Expect(yui.Page.Locator("li")).ToHaveTextAsync("I: Hello <b>");
        await Expect(ren.Page.Locator("li")).ToHaveTextAsync("Guest: Hello <b>");
    }

    [Fact]
    public async Task Http_PublishesReadsAndFollows()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await using var watch = await hub.WatchAsync(Lobby);
        await watch.UntilHereAsync("friend");
        Tools.Curl();

        await using var shell = ChildProcess.Start("/bin/sh", ["-c", await ReadAsync(hub, "Hello/http.sh")]);

        Assert.Equal("Hello", await friend.ReceiveTextAsync());
        await shell.ReadUntilAsync("\"messages\":[{");
        await shell.ReadUntilAsync("event: message");
        await friend.SendAsync("Hello yourself");
        await shell.ReadUntilAsync("\"text\":\"Hello yourself\"");
    }

    [Fact]
    public async Task Admin_AnnouncesAndDisconnects()
    {
        const string Token = "0123456789abcdef";
        await using var hub = await RunningHub.StartAsync(new HubSettings { AdminToken = Token });
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await using var watch = await hub.WatchAsync(Lobby);
        await watch.UntilHereAsync("friend");
        Tools.Curl();
        using var http = new HttpClient { BaseAddress = hub.Url };
        using var peers = JsonDocument.Parse(await http.GetStringAsync(new Uri("api/peers?room=lobby", UriKind.Relative)).Within());
        var id = peers.RootElement.GetProperty("peers")[0].GetProperty("id").GetString()!;
        var variables = new Dictionary<string, string> { ["ADMIN"] = Token, ["ID"] = id };

        await using var shell = ChildProcess.Start(
            "/bin/sh", ["-c", await ReadAsync(hub, "Hello/admin.sh")], environment: variables);

        Assert.Equal("We close in ten minutes", await friend.ReceiveTextAsync());
        Assert.Equal((4001, "Not in here"), await friend.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Lamp_IsAsTheSwitchSays()
    {
        await using var hub = await RunningHub.StartAsync();
        Tools.Curl();
        await using var lamp = Light();
        await lamp.ReadUntilAsync("The lamp is off");

        await using var shell = ChildProcess.Start("/bin/sh", ["-c", await ReadAsync(hub, "PythonClient/switch.sh")]);
        await lamp.ReadUntilAsync("The lamp is on");

        // Who comes later finds it so.
        await using var other = Light();
        await other.ReadUntilAsync("The lamp is on");

        ChildProcess Light() => ChildProcess.Start(
            Tools.Python(), ["-u", Path.Combine(Samples, "PythonClient", "lamp.py"), $"ws://{hub.Url.Authority}/ws"]);
    }

    private static Task TalkAsync(string file, string name, Func<string, string, ChildProcess> start) =>
        Talk.HoldAsync(hub => ReadAsync(hub, $"Hello/{file}"), name, file, start);

    private static async Task<string> ReadAsync(RunningHub hub, string file) =>
        (await File.ReadAllTextAsync(Path.Combine(Samples, file))).Replace("localhost:8080", hub.Url.Authority, StringComparison.Ordinal);
}
