using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>The programs that the console offers are taken from the page and run as they stand: each must say Hello and hear the
/// answer.</summary>
public sealed class SnippetTests(Chromium chromium)
{
    private const string Lobby = "lobby";

    [Fact]
    public Task Node_Snippet_Talks() => TalkAsync("node", "Node", "hello.mjs", Talk.Node);

    [Fact]
    public Task SocketIO_Snippet_Talks() => TalkAsync("socketio", "Socket", "hello.mjs", Talk.SocketIO);

    [Fact]
    public Task Kodama_Snippet_Talks() => TalkAsync("kodama", "Terminal", "hello.sh", (folder, file) =>
    {
        // As if it were installed.
        var kodama = $"kodama() {{ '{Tools.OnPath("dotnet")}' '{Repository.Program}' \"$@\"; }}\n";
        var code = File.ReadAllText(Path.Combine(folder, file));
        return ChildProcess.Start("/bin/sh", ["-c", kodama + code], folder);
    });

    [Fact]
    public Task Python_Snippet_Talks() => TalkAsync("python", "Python", "snippet.py", Talk.Python);

    [Fact]
    public Task CSharp_Snippet_Talks() => TalkAsync("csharp", "DotNet", "snippet.cs", Talk.CSharp);

    [Fact]
    public async Task Browser_Snippet_Talks()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        var code = await ReadSnippetAsync(visitor, "browser");
        await using var watch = await hub.WatchAsync(Lobby);
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await watch.UntilHereAsync("friend");
        var logged = visitor.Page.WaitForConsoleMessageAsync();

        await visitor.Page.EvaluateAsync($"() => {{ {code} }}");
        Assert.Equal("Hello", await friend.ReceiveTextAsync());
        await friend.SendAsync("Hello yourself");

        Assert.Equal("Hello yourself", (await logged.WithDeadline()).Text);
    }

    [Fact]
    public async Task Curl_Snippet_PublishesAndWatches()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await using var watch = await hub.WatchAsync(Lobby);
        await watch.UntilHereAsync("friend");
        Tools.Curl();

        await using var shell = ChildProcess.Start("/bin/sh", ["-c", await ReadSnippetAsync(hub, "curl")]);

        Assert.Equal("Hello", await friend.ReceiveTextAsync());
        await shell.ReadUntilAsync("event: snapshot");
        await friend.SendAsync("Hello yourself");
        await shell.ReadUntilAsync("\"text\":\"Hello yourself\"");
    }

    private Task TalkAsync(string snippet, string name, string file, Func<string, string, ChildProcess> start) =>
        Talk.HoldAsync(hub => ReadSnippetAsync(hub, snippet), name, file, start);

    private async Task<string> ReadSnippetAsync(RunningHub hub, string snippet)
    {
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        return await ReadSnippetAsync(visitor, snippet);
    }

    private static async Task<string> ReadSnippetAsync(Visitor visitor, string snippet)
    {
        await Expect(visitor.Find("console")).ToHaveAttributeAsync("data-status", "live");
        await visitor.Find("snippet-" + snippet).ClickAsync();
        return await visitor.Find("snippet").InnerTextAsync();
    }
}
