using System.Globalization;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using Microsoft.Playwright;

namespace Kodama.Clients.Tests;

/// <summary>
/// The pictures of the README, of a hub with steady traffic. With <c>KODAMA_PICTURES=150</c> in the environment they are taken after so
/// many seconds, since a chart needs some past, and go to docs/; otherwise they stay among the screenshots.
/// </summary>
public sealed class PictureTests(Chromium chromium)
{
    private const int Port = 8080;

    [Fact]
    public async Task Pages_OfALivelyHub_ShowItsTrafficAndRooms()
    {
        var wanted = Environment.GetEnvironmentVariable("KODAMA_PICTURES");
        var seconds = wanted is null ? 2 : int.Parse(wanted, CultureInfo.InvariantCulture);
        var folder = wanted is null ? Repository.Screenshots : Path.Combine(Repository.Root, "docs");
        await using var hub = await RunningHub.StartAsync(new HubSettings { Port = wanted is null ? 0 : Port });
        await using var desk = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        await using var phone = await Visitor.OpenAsync(chromium, hub.Url, Look.Phone);
        await desk.SeeAsync("number-in", "^0");

        await using var sensor = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=thermometer&place=greenhouse"));
        await using var robot = await ScriptedClient.JoinPythonAsync(hub.Room("workshop", "name=robot%20arm&cell=4"));
        await using var panel = await DotNetClient.JoinAsync(hub.Room("workshop", "name=panel&line=2"));
        await using var lamp = await DotNetClient.JoinAsync(hub.Room("workshop", "name=signal%20lamp&line=2"));
        await using var ken = await DotNetClient.JoinAsync(hub.Room("garden", "name=Ken&device=tablet"));
        await using var aoi = await DotNetClient.JoinAsync(hub.Room("garden", "name=Aoi"));
        await using var hana = await DotNetClient.JoinAsync(hub.Room("lobby", "name=Hana"));
        await hana.SendAsync("Hello");
        // Opened now, so that the seconds it tells of are still to come.
        await using var watch = await hub.WatchAsync("garden");
        for (var second = 0; second < seconds; second++)
        {
            await watch.NextSecondAsync();
            await sensor.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{21 + Math.Sin(second / 20.0):0.0} °C"));
            for (var i = 0; i < 3 + 2 * Math.Sin(second / 9.0); i++) await robot.SendAsync($"x {second % 40 * 9} y {i * 12} z 140");
            if (second % 4 == 0) await panel.SendAsync("speed 80 %");
        }
        await ken.SendAsync("The maple has turned red.");
        await Assertions.Expect(desk.Find("live-message").Filter(new() { HasText = "maple" })).ToBeVisibleAsync();
        await aoi.SendAsync("I'll come and see. Shall I bring tea?");
        await Assertions.Expect(desk.Find("live-message").Filter(new() { HasText = "tea" })).ToBeVisibleAsync();
        await TakeAsync(desk, Path.Combine(folder, "console.png"));

        await phone.Page.ReloadAsync();
        await phone.Find("name").FillAsync("Yui");
        await Assertions.Expect(phone.Page.Locator(".chip")).ToHaveCountAsync(3);
        await phone.Page.Locator("h1").ClickAsync();
        await TakeAsync(phone, Path.Combine(folder, "join.png"));
    }

    private static async Task TakeAsync(Visitor visitor, string path) => await visitor.Page.ScreenshotAsync(new() { Path = path });
}
