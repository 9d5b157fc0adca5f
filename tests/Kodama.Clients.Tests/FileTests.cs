using System.Text;
using System.Text.Json.Nodes;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Kodama.Clients.Tests;

/// <summary>Files in the Join page, as docs/specs/file.md says them.</summary>
public sealed class FileTests(Chromium chromium)
{
    [Theory]
    [InlineData("phone light en")]
    [InlineData("phone dark ja")]
    [InlineData("desk light ja")]
    [InlineData("desk dark en")]
    public async Task Files_SentByAPage_AreShownAndSavedByOthers(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        await using var friend = await Visitor.OpenAsync(chromium, hub.Url);
        var (page, theirs) = (new JoinPage(visitor), new JoinPage(friend));
        await page.JoinAsync("Yui", "garden");
        await theirs.JoinAsync("Ken", "garden");
        var picture = await Pictures.DrawAsync(visitor, 600, noise: false);
        var notes = Encoding.UTF8.GetBytes("木霊, the echo of the forest");

        await page.SendFileAsync("hills.png", picture, "image/png");
        await Expect(visitor.Find("image")).ToBeVisibleAsync();
        await page.SendFileAsync("ノート.txt", notes, "text/plain");

        await Expect(friend.Find("file")).ToHaveCountAsync(2);
        await Expect(friend.Find("image")).ToHaveCountAsync(1);
        Assert.Equal(600, await friend.Find("image").EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
        foreach (var (index, file, content) in new[] { (0, "hills.png", picture), (1, "ノート.txt", notes) })
        {
            var saved = await SaveAsync(friend, index);
            Assert.Equal(file, saved.Name);
            Assert.Equal(content, saved.Content);
        }
        var heard = JsonNode.Parse(await node.ReceiveTextAsync())!;
        Assert.Equal("file", (string?)heard["event"]);
        Assert.Equal("hills.png", (string?)heard["args"]![0]);
        Assert.Equal("image/png", (string?)heard["args"]![1]);
        Assert.Equal(picture, Convert.FromBase64String((string)heard["args"]![2]!["$binary"]!));
        await Expect(visitor.Find("pending")).ToHaveCountAsync(0);
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("files");

        // They are among what was said before, and the console names them.
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Find("image")).ToBeVisibleAsync();
        await Expect(visitor.Find("file")).ToHaveCountAsync(2);
        await friend.Find("nav-console").ClickAsync();
        await Expect(friend.Find("peer-row")).ToHaveCountAsync(3);
        await page.SendFileAsync("more.png", picture, "image/png");
        await Expect(friend.Find("live-message")).ToContainTextAsync("more.png");
        Assert.Equal(0, await friend.Page.Locator("main img").CountAsync());
    }

    [Fact]
    public async Task Files_OfAPageAndASocketIOClient_AreReadByBoth()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");
        await using var client = await ScriptedClient.JoinSocketIOAsync(hub.SocketIO("name=sio"), "garden", "websocket");
        var base64 = Convert.ToBase64String(Pictures.Dot);

        await client.DoAsync(new { command = "file", name = "dot.png", type = "image/png", base64 });
        await Expect(visitor.Find("image")).ToHaveCountAsync(1);
        await client.DoAsync(new { command = "send", base64 });
        await Expect(visitor.Find("image")).ToHaveCountAsync(2);
        await page.SendFileAsync("back.png", Pictures.Dot);

        var heard = await client.ExpectAsync("file");
        Assert.Equal(("back.png", base64), (heard.Text, heard.Base64));
    }

    [Theory]
    [InlineData("phone light en")]
    [InlineData("desk dark ja")]
    public async Task HostileFiles_NeitherRunNorLeaveTheirFolder(string name)
    {
        const string Script = "<script>document.title='run'; alert(1)</script>";
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=node&kodama.events=1"));
        await visitor.Page.EvaluateAsync(
            "() => { const make = URL.createObjectURL; globalThis.types = []; "
            + "URL.createObjectURL = blob => (types.push(blob.type), make(blob)); }");

        var svg = $"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>{Script}</svg>";
        await node.SendAsync(FileMessage("evil.svg", "image/svg+xml", Encoding.UTF8.GetBytes(svg)));
        await node.SendAsync(FileMessage("../<img src=x onerror=alert(1)>\u202Egpj.html", "text/html", Encoding.UTF8.GetBytes(Script)));
        await node.SendAsync(FileMessage("broken.png", "text/html", [.. Pictures.Dot.AsSpan(0, 30), .. Encoding.UTF8.GetBytes(Script)]));
        await node.SendAsync("{\"event\":\"file\",\"args\":[\"not\",\"a\",\"file\"]}");

        await Expect(visitor.Find("file")).ToHaveCountAsync(3);
        await Expect(visitor.Find("message")).ToHaveCountAsync(4);
        await Expect(visitor.Page.Locator("main img")).ToHaveCountAsync(0);
        Assert.Equal("evil.svg", (await SaveAsync(visitor, 0)).Name);
        Assert.Equal("__img src=x onerror=alert(1)__gpj.html", (await SaveAsync(visitor, 1)).Name);
        Assert.All(await visitor.Page.EvaluateAsync<string[]>("types"), type => Assert.Equal("application/octet-stream", type));
        await visitor.ExpectNoSidewaysScrollAsync();
        await visitor.PhotographAsync("hostile files");
    }

    [Theory]
    [InlineData("phone dark en")]
    [InlineData("desk light ja")]
    public async Task FileThatIsTooLarge_IsMadeSmallerOrRefusedInWords(string name)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url, new Look(name));
        await using var friend = await Visitor.OpenAsync(chromium, hub.Url);
        var (page, theirs) = (new JoinPage(visitor), new JoinPage(friend));
        await page.JoinAsync("Yui", "garden");
        await theirs.JoinAsync("Ken", "garden");
        var photograph = await Pictures.DrawAsync(visitor, 1600, noise: true);
        Assert.InRange(photograph.Length, 1_500_000, int.MaxValue);

        await page.SendFileAsync("forest.png", photograph, "image/png");
        await Expect(friend.Find("file")).ToContainTextAsync("forest.jpg");
        var (_, content) = await SaveAsync(friend, 0);
        Assert.InRange(content.Length, 50_000, 790_000);
        await page.SendFileAsync("film.mp4", new byte[1_000_000], "video/mp4");

        await Expect(page.Pending).ToHaveAttributeAsync("data-state", "refused");
        await Expect(page.Pending).ToContainTextAsync("film.mp4");
        await Expect(page.Pending).ToContainTextAsync("784.9 KB");
        await visitor.PhotographAsync("file too large");
        await page.Pending.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(page.Pending).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Files_DroppedOrPasted_AreSent()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("Yui", "garden");

        await page.Room.EvaluateAsync(
            """
            room => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File(["dropped"], "dropped.txt"));
              const drag = { dataTransfer, bubbles: true, cancelable: true };
              for (const type of ["dragover", "drop"]) room.dispatchEvent(new DragEvent(type, drag));
            }
            """);
        await Expect(visitor.Find("file")).ToContainTextAsync("dropped.txt");
        await page.Text.EvaluateAsync(
            """
            text => {
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File(["pasted"], "pasted.txt"));
              text.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }
            """);
        await Expect(visitor.Find("file")).ToHaveCountAsync(2);
        Assert.Equal("pasted", Encoding.UTF8.GetString((await SaveAsync(visitor, 1)).Content));
    }

    private static string FileMessage(string name, string type, byte[] content)
    {
        var bytes = new JsonObject { ["$binary"] = Convert.ToBase64String(content) };
        return new JsonObject { ["event"] = "file", ["args"] = new JsonArray(name, type, bytes) }.ToJsonString();
    }

    private static async Task<(string Name, byte[] Content)> SaveAsync(Visitor visitor, int index)
    {
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Find("download").Nth(index).ClickAsync());
        return (download.SuggestedFilename, await File.ReadAllBytesAsync(await download.PathAsync()));
    }
}
