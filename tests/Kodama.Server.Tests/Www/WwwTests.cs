using System.Net;
using System.Net.Http.Headers;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>Pages of one's own, beside the hub's (docs/specs/http.md).</summary>
public sealed class WwwTests : IDisposable
{
    private readonly string outside = Directory.CreateTempSubdirectory("kodama-www-").FullName;
    private readonly string folder;

    public WwwTests()
    {
        folder = Path.Combine(outside, "dist");
        Write("index.html", "<p>mine</p>");
        Write("app.js", "export {};");
        Write("docs/index.html", "<p>docs</p>");
        Write("a b/木.txt", "tree");
        File.WriteAllText(Path.Combine(outside, "secret.txt"), "secret");
    }

    public void Dispose() => Directory.Delete(outside, recursive: true);

    [Fact]
    public async Task Root_ForABrowser_IsOnesOwnPageAndForProgramsTheDetails()
    {
        await using var hub = await StartAsync();

        var page = await AskAsync(hub, "GET", "/", "Accept: text/html,*/*;q=0.8\r\n");
        var details = await AskAsync(hub, "GET", "/", "Accept: */*\r\n");

        Assert.Equal("<p>mine</p>", page.Body);
        Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        Assert.Equal("Kodama local-websocket/1.0.0", page.Header("Server"));
        Assert.Equal(hub.Hub.Id, page.Header("Kodama-Id"));
        Assert.StartsWith("{\"name\":", details.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_OfAFolderWithoutIndex_IsTheHubsPage()
    {
        File.Delete(Path.Combine(folder, "index.html"));
        await using var hub = await StartAsync();

        Assert.Contains("<title>Kodama</title>", (await AskAsync(hub, "GET", "/", "Accept: text/html\r\n")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HubsPage_AtANameOfItsOwn_IsThereWithAndWithoutAFolder(bool has)
    {
        await using var hub = has ? await StartAsync() : await TestHub.StartAsync();
        if (has) Write("kodama", "not this");

        var page = await AskAsync(hub, "GET", "/kodama");
        var slash = await AskAsync(hub, "GET", "/kodama/?room=a");

        Assert.Contains("<title>Kodama</title>", page.Body, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal((302, "/kodama?room=a"), (slash.Status, slash.Header("Location")));
    }

    [Fact]
    public async Task HubsPage_UnderAPrefix_IsThereToo()
    {
        await using var hub = await TestHub.StartAppAsync(b => b.Services.AddKodama(), app => app.MapKodama("/realtime"), "/realtime");

        Assert.Equal((302, "/realtime/kodama"), await RedirectAsync(hub, "/realtime/kodama/"));
        Assert.Equal((302, "/realtime/"), await RedirectAsync(hub, "/realtime"));
        Assert.Equal(200, (await AskAsync(hub, "GET", "/realtime/kodama")).Status);

        static async Task<(int, string?)> RedirectAsync(TestHub hub, string path)
        {
            var answer = await AskAsync(hub, "GET", path, "Accept: text/html\r\n");
            return (answer.Status, answer.Header("Location"));
        }
    }

    [Theory]
    [InlineData("/app.js", "text/javascript; charset=utf-8", "export {};")]
    [InlineData("/index.html", "text/html; charset=utf-8", "<p>mine</p>")]
    [InlineData("/docs/", "text/html; charset=utf-8", "<p>docs</p>")]
    [InlineData("/a%20b/%E6%9C%A8.txt?v=2", "text/plain; charset=utf-8", "tree")]
    [InlineData("/data.kodama", "application/octet-stream", "what")]
    [InlineData("/assets/index-x.css", "text/css; charset=utf-8", "p {}")]
    public async Task File_OfTheFolder_IsServedWithItsType(string path, string type, string content)
    {
        Write("data.kodama", "what");
        Write("assets/index-x.css", "p {}");
        await using var hub = await StartAsync(o => o.Token = "secret");

        var answer = await AskAsync(hub, "GET", path);

        Assert.Equal((200, type, content), (answer.Status, answer.Header("Content-Type"), answer.Body));
        Assert.Equal("no-cache", answer.Header("Cache-Control"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.NotNull(answer.Header("ETag"));
        Assert.NotNull(answer.Header("Last-Modified"));
    }

    [Fact]
    public async Task File_Unchanged_IsNotSentAgain()
    {
        await using var hub = await StartAsync();
        var first = await AskAsync(hub, "GET", "/app.js");
        var byTag = $"If-None-Match: {first.Header("ETag")}\r\n";

        var tagged = await AskAsync(hub, "GET", "/app.js", byTag);
        var dated = await AskAsync(hub, "GET", "/app.js", $"If-Modified-Since: {first.Header("Last-Modified")}\r\n");
        Write("app.js", "export { changed };");
        var changed = await AskAsync(hub, "GET", "/app.js", byTag);

        Assert.Equal((304, 304), (tagged.Status, dated.Status));
        Assert.Equal((200, "export { changed };"), (changed.Status, changed.Body));
    }

    [Fact]
    public async Task File_ByHeadOrRange_IsDescribedOrServedInPart()
    {
        await using var hub = await StartAsync();
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/app.js") { Headers = { Range = new RangeHeaderValue(0, 5) } };
        using var beyond = new HttpRequestMessage(HttpMethod.Get, "/app.js") { Headers = { Range = new RangeHeaderValue(90, 95) } };

        using var head = await hub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/app.js"));
        using var part = await hub.Client.SendAsync(ask);
        using var none = await hub.Client.SendAsync(beyond);

        Assert.Equal((HttpStatusCode.OK, 10L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal((HttpStatusCode.PartialContent, "export"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, none.StatusCode);
    }

    [Fact]
    public async Task Folder_WithoutItsSlash_IsLedToIt()
    {
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, "GET", "/docs?x=1");

        Assert.Equal((302, "/docs/?x=1"), (answer.Status, answer.Header("Location")));
    }

    [Theory]
    [InlineData("/api/hub")]
    [InlineData("/health")]
    [InlineData("/api/rooms/lobby/state/key")]
    public async Task Endpoint_WithAFileOfItsName_Wins(string path)
    {
        Write(path[1..], "file");
        await using var hub = await StartAsync();

        Assert.NotEqual("file", (await AskAsync(hub, "GET", path)).Body);
    }

    [Fact]
    public async Task Door_WithAFileOfItsName_Wins()
    {
        Write("ws", "file");
        await using var hub = await StartAsync();

        await using var peer = await hub.JoinAsync("/ws");

        Assert.Equal("lobby", peer.Peer!.Room!.Name);
        Assert.NotEqual("file", (await AskAsync(hub, "GET", "/ws")).Body);
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/docs/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/docs/%2e%2e/%2E%2E/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/docs%2findex.html")]
    [InlineData("/docs%2Findex.html")]
    [InlineData("/docs%252findex.html")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("/docs%5cindex.html")]
    [InlineData("/..\\secret.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/%2fetc/passwd")]
    [InlineData("/C:/Windows/win.ini")]
    [InlineData("/index.html::$DATA")]
    [InlineData("/.env")]
    [InlineData("/.git/config")]
    [InlineData("/out.txt")]
    [InlineData("/out/secret.txt")]
    [InlineData("/twice.txt")]
    [InlineData("/circle.txt")]
    [InlineData("/dots.txt")]
    [InlineData("/out")]
    [InlineData("/appsettings.json")]
    [InlineData("/AppSettings.Production.json")]
    [InlineData("/index.html.")]
    [InlineData("/index.html%20")]
    [InlineData("/INDEX~1.HTM")]
    [InlineData("/a%01b")]
    [InlineData("/docs//index.html")]
    [InlineData("//docs")]
    [InlineData("//docs/")]
    [InlineData("//app.js")]
    [InlineData("///docs")]
    [InlineData("/./%2e//docs")]
    [InlineData("/appsettings.json.bak")]
    [InlineData("/a b/")]
    [InlineData("/a%20b/")]
    [InlineData("/none.html")]
    public async Task Path_ThatLeadsOutOrToWhatIsHidden_FindsNothing(string path)
    {
        Write(".env", "secret");
        Write(".git/config", "secret");
        Write("appsettings.json", "secret");
        Write("appsettings.json.bak", "secret");
        Write("AppSettings.Production.json", "secret");
        Link("out.txt", "../secret.txt");
        Link("out", outside);
        Link("once", "docs");
        Link("twice.txt", "once/../../secret.txt");
        Link("circle.txt", "circle.txt");
        Link("dots.txt", ".env");
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, "GET", path);

        Assert.True(answer.Status is 404 or 400, $"{path} was answered with {answer.Status}.");
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Path_WithNul_IsRefused()
    {
        await using var hub = await StartAsync();

        Assert.Equal(400, (await AskAsync(hub, "GET", "/index.html%00.txt")).Status);
    }

    [Theory]
    [InlineData("/link.html", "<p>docs</p>")]
    [InlineData("/linked/", "<p>docs</p>")]
    public async Task Link_WithinTheFolder_IsFollowed(string path, string content)
    {
        Link("link.html", "docs/../docs/index.html");
        Link("linked", Path.Combine(folder, "docs"));
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, "GET", path);

        Assert.Equal((200, content), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Folder_ThatIsALink_IsServed()
    {
        Directory.CreateSymbolicLink(Path.Combine(outside, "current"), folder);
        await using var hub = await TestHub.StartAsync(o => o.Www = Path.Combine(outside, "current") + "/");

        Assert.Equal("export {};", (await AskAsync(hub, "GET", "/app.js")).Body);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Method_ThatChanges_FindsNoFile(string method)
    {
        await using var hub = await StartAsync();

        Assert.Equal(404, (await AskAsync(hub, method, "/app.js")).Status);
    }

    [Fact]
    public async Task File_OfAForeignHost_IsRefused()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync("GET /app.js HTTP/1.1\r\nHost: evil.example\r\n\r\n");

        Assert.Equal(403, (await client.ReadResponseAsync())!.Status);
    }

    [Fact]
    public async Task File_ThatCannotBeRead_IsUnavailable()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("Nothing is hidden from this user.");
            return;
        }
        File.SetUnixFileMode(Path.Combine(folder, "app.js"), UnixFileMode.None);
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, "GET", "/app.js");

        Assert.Equal(503, answer.Status);
        Assert.Contains("FILE_UNAVAILABLE", answer.Body, StringComparison.Ordinal);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task File_ThatIsAPipe_HoldsNobody()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no pipes in folders.");
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "pipe"))) await made.WaitForExitAsync();
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, "GET", "/pipe");

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    // Far more than fits into what lies between a server and a client that does not read.
    private const int Large = 64 * 1024 * 1024;

    [Fact]
    public async Task File_ThatBecomesShorterWhileItIsSent_EndsItsConnectionAndNothingElse()
    {
        var file = Path.Combine(folder, "large.bin");
        await File.WriteAllBytesAsync(file, new byte[Large]);
        await using var hub = await StartAsync();
        await using var client = await BeginAsync(hub, "/large.bin");

        File.WriteAllBytes(file, new byte[1024]);
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(client, Large));

        Assert.Equal("export {};", (await AskAsync(hub, "GET", "/app.js")).Body);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task File_ThatGrowsOrGoesWhileItIsSent_IsSentAsLongAsItWas()
    {
        var file = Path.Combine(folder, "large.bin");
        await File.WriteAllBytesAsync(file, new byte[Large]);
        await using var hub = await StartAsync();
        await using var client = await BeginAsync(hub, "/large.bin");

        await File.AppendAllTextAsync(file, "more");
        File.Delete(file);

        await ReadAsync(client, Large);
        await client.SendTextAsync($"GET /app.js HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        Assert.Equal("export {};", (await client.ReadResponseAsync())!.Body);
    }

    [Theory]
    [InlineData("nowhere", "does not exist")]
    [InlineData("dist/app.js", "is a file")]
    [InlineData("", "is empty")]
    public void Start_OfAFolderThatIsNone_IsRefused(string name, string said)
    {
        var options = new KodamaOptions { Www = name.Length > 0 ? Path.Combine(outside, name) : "" };

        Assert.Contains(said, Assert.Throws<ArgumentException>(() => new KodamaServer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OfAFolderThatCannotBeRead_IsRefused()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("Nothing is hidden from this user.");
            return;
        }
        var closed = Directory.CreateDirectory(Path.Combine(outside, "closed"), UnixFileMode.None).FullName;

        var refusal = Assert.Throws<ArgumentException>(() => new KodamaServer(new KodamaOptions { Www = closed }));
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Contains("cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    private Task<TestHub> StartAsync(Action<KodamaOptions>? options = null) => TestHub.StartAsync(o =>
    {
        o.Www = folder;
        options?.Invoke(o);
    });

    private void Write(string name, string content)
    {
        var file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(folder, name), target);

    /// <summary>Of a file that its client does not read yet, but for the head.</summary>
    private static async Task<RawClient> BeginAsync(TestHub hub, string path)
    {
        var client = await hub.RawAsync(receiveBuffer: 4096);
        await client.SendTextAsync($"GET {path} HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return client;
    }

    private static async Task ReadAsync(RawClient client, int bytes)
    {
        while (bytes > 0) bytes -= (await client.ReadBytesAsync(Math.Min(bytes, 8192))).Length;
    }

    private static async Task<RawResponse> AskAsync(TestHub hub, string method, string path, string headers = "")
    {
        await using var client = await hub.RawAsync();
        var body = method is "POST" ? "Content-Length: 0\r\n" : "";
        await client.SendTextAsync($"{method} {path} HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}{body}\r\n");
        return (await client.ReadResponseAsync())!;
    }
}
