using System.Net.Http.Json;

namespace Kodama.Packages.Tests;

/// <summary>Packages as those find them who install them: what is in them, and that they do what they are for.</summary>
public sealed class PackageTests(Feed feed) : IClassFixture<Feed>
{
    private static readonly string[] Libraries =
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src"), "Kodama.*")
            .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Select(folder => Path.GetFileName(folder)).Where(name => name != "Kodama.Cli")];

    [Fact]
    public void Packages_AreThoseThatAreMeantToBePublic()
    {
        var expected = Libraries.Append("kodama").Append("Kodama.Templates").Order(StringComparer.Ordinal);

        Assert.Equal(expected, feed.Packages.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Libraries_BringTheirDocumentsSymbolsReadmeAndIcon()
    {
        foreach (var library in Libraries)
        {
            var names = await feed.ReadNamesAsync(library);
            Assert.Contains($"lib/net10.0/{library}.dll", names);
            Assert.Contains($"lib/net10.0/{library}.xml", names);
            Assert.Contains("README.md", names);
            Assert.Contains("icon.png", names);
            Assert.True(File.Exists(Path.ChangeExtension(feed.Packages[library], "snupkg")), $"{library} has no symbols.");
            var manifest = await feed.ReadManifestAsync(library);
            Assert.Contains("<readme>README.md</readme>", manifest, StringComparison.Ordinal);
            Assert.Contains("<license type=\"expression\">Apache-2.0</license>", manifest, StringComparison.Ordinal);
            Assert.DoesNotContain("Package Description", manifest, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tool_Installed_Serves()
    {
        await feed.DotnetAsync("tool", "install", "kodama", "--tool-path", feed.In("tool"));
        await using var hub = feed.Start(
            feed.In("tool/kodama"), "serve", "--port", "0", "--host", "127.0.0.1", "--no-advertise", "--data", feed.In("data"));
        var address = (await hub.ReadUntilAsync("http://127.0.0.1:")).Trim();

        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var posted = await http.PostAsJsonAsync("/api/rooms/lobby/messages", new { text = "hello" });

        Assert.True(posted.IsSuccessStatusCode, $"{posted.StatusCode}");
        Assert.Contains("<title>", await http.GetStringAsync("/kodama"), StringComparison.Ordinal);
        await hub.StopAsync();
    }

    [Fact]
    public async Task Templates_Instantiated_BuildAndTalkToEachOther()
    {
        await feed.DotnetAsync("new", "install", feed.Packages["Kodama.Templates"]);
        await feed.DotnetAsync("new", "kodama", "-o", "Lounge");
        await feed.DotnetAsync("new", "kodama-client", "-o", "Visitor");
        await feed.DotnetAsync("build", "Lounge", "-v", "quiet");
        await feed.DotnetAsync("build", "Visitor", "-v", "quiet");
        await using var hub = feed.Start("dotnet", "run", "--no-build", "--project", "Lounge", "--", "--urls", "http://127.0.0.1:0");
        var address = (await hub.ReadUntilAsync("Now listening on: ")).Split(": ")[1];
        var rooms = address.Replace("http", "ws", StringComparison.Ordinal) + "/hub/ws";
        await using var yui = feed.Start("dotnet", "run", "--no-build", "--project", "Visitor", "--", "Yui", rooms);
        await using var ren = feed.Start("dotnet", "run", "--no-build", "--project", "Visitor", "--", "Ren", rooms);

        await yui.WriteLineAsync("hello");

        Assert.Equal("Yui: hello", await ren.ReadLineAsync());
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var rung = await http.PostAsync("/bell", null);
        Assert.Equal("hub: The bell rings", await ren.ReadLineAsync());
        Assert.Contains("/hub/kodama.js", await http.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("export", await http.GetStringAsync("/hub/kodama.js"), StringComparison.Ordinal);
    }
}
