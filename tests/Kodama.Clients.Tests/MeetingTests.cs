using System.Globalization;
using System.Text;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>Clients of every kind in one room.</summary>
public sealed class MeetingTests(Chromium chromium)
{
    private const string Room = "plaza";
    private const int Each = 100;
    private const int All = 5 * Each;

    [Fact]
    public async Task Room_OfFiveKindsOfClientsTalkingAtOnce_HasOneOrderForAll()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync(Room);
        await using var node = await ScriptedClient.JoinNodeAsync(hub.Room(Room, "name=node"));
        await using var python = await ScriptedClient.JoinPythonAsync(hub.Room(Room, "name=python"));
        await using var dotnet = await DotNetClient.JoinAsync(hub.Room(Room, "name=dotnet"));
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        var page = new JoinPage(visitor);
        await page.JoinAsync("page", Room);
        await watch.UntilHereAsync("node", "python", "dotnet", "page");

        var heardByNode = HearAsync(node.ReceiveTextAsync, All - Each);
        var heardByPython = HearAsync(python.ReceiveTextAsync, All - Each);
        var heardByDotnet = HearAsync(dotnet.ReceiveTextAsync, All - Each);
        await Task.WhenAll(
            node.DoAsync(new { command = "burst", prefix = "node ", count = Each }),
            python.DoAsync(new { command = "burst", prefix = "python ", count = Each }),
            SayAsync(dotnet.SendAsync, "dotnet "),
            SayAsync(page.SayAsync, "page "),
            PublishWithCurlAsync(hub));

        var order = await watch.UntilSaidAsync(All);
        foreach (var speaker in new[] { "node ", "python ", "dotnet ", "page ", "curl " })
        {
            var said = order.Where(text => text.StartsWith(speaker, StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(0, Each).Select(i => speaker + i), said);
        }
        Assert.Equal(AllBut("node ", order), await heardByNode);
        Assert.Equal(AllBut("python ", order), await heardByPython);
        Assert.Equal(AllBut("dotnet ", order), await heardByDotnet);
        // The page shows its own too, in their place among the others.
        Assert.Equal(order, await page.ReadAsync(All));
        await visitor.PhotographAsync("meeting");
    }

    private static IEnumerable<string> AllBut(string speaker, IReadOnlyList<string> order) =>
        order.Where(text => !text.StartsWith(speaker, StringComparison.Ordinal));

    private static async Task<IReadOnlyList<string>> HearAsync(Func<Task<string>> receive, int count)
    {
        var heard = new List<string>(count);
        while (heard.Count < count) heard.Add(await receive());
        return heard;
    }

    private static async Task SayAsync(Func<string, Task> send, string prefix)
    {
        for (var i = 0; i < Each; i++) await send(prefix + i.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task PublishWithCurlAsync(RunningHub hub)
    {
        var requests = new StringBuilder();
        for (var i = 0; i < Each; i++)
        {
            if (i > 0) requests.AppendLine("next");
            requests.AppendLine(CultureInfo.InvariantCulture, $"url = {new Uri(hub.Url, $"/api/rooms/{Room}/messages")}");
            requests.AppendLine("header = \"Content-Type: text/plain\"").AppendLine("fail").AppendLine("silent").AppendLine("show-error");
            requests.AppendLine(CultureInfo.InvariantCulture, $"data = \"curl {i}\"");
        }
        var config = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(config, requests.ToString());
            await using var curl = ChildProcess.Start(Tools.Curl(), ["--config", config]);
            await curl.EndAsync();
        }
        finally
        {
            File.Delete(config);
        }
    }
}
