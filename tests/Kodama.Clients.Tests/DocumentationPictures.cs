using System.Globalization;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;
using Microsoft.Playwright;

namespace Kodama.Clients.Tests;

/// <summary>
/// Takes the pictures of the README anew, when asked to: <c>dotnet Kodama.Clients.Tests.dll -explicit only</c>. It takes two minutes, since a
/// chart needs some past.
/// </summary>
public sealed class DocumentationPictures(Chromium chromium)
{
    private const int Seconds = 120;

    [Fact(Explicit = true)]
    public async Task Pictures_OfALivelyHub_AreTaken()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync("garden");
        await using var desk = await Visitor.OpenAsync(chromium, hub.Url, page: "#console");
        await using var phone = await Visitor.OpenAsync(chromium, hub.Url, Look.Phone);
        await phone.Find("name").FillAsync("Yui");

        await using var sensor = await ScriptedClient.JoinNodeAsync(hub.Room("garden", "name=thermometer&place=greenhouse"));
        await using var robot = await ScriptedClient.JoinPythonAsync(hub.Room("workshop", "name=robot%20arm&cell=4"));
        await using var panel = await DotNetClient.JoinAsync(hub.Room("workshop", "name=panel&line=2"));
        await using var ken = await DotNetClient.JoinAsync(hub.Room("garden", "name=Ken&device=tablet"));
        await using var aoi = await DotNetClient.JoinAsync(hub.Room("lobby", "name=Aoi"));
        for (var second = 0; second < Seconds; second++)
        {
            await watch.NextSecondAsync();
            await sensor.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{21 + Math.Sin(second / 20.0):0.0} °C"));
            for (var i = 0; i < 3 + 2 * Math.Sin(second / 9.0); i++) await robot.SendAsync($"at {second % 40 * 9}, {i * 12}, 140");
            if (second % 10 == 0) await panel.SendAsync("speed 80 %");
            if (second == 100) await aoi.SendAsync("Hello");
        }
        await ken.SendAsync("The maple has turned red.");
        await watch.NextSecondAsync();

        await phone.Page.ReloadAsync();
        await phone.Find("name").FillAsync("Yui");
        await Assertions.Expect(phone.Page.Locator(".chip")).ToHaveCountAsync(3);
        await phone.Page.Locator("h1").ClickAsync();
        await TakeAsync(phone, "join.png");
        await TakeAsync(desk, "console.png");
    }

    private static async Task TakeAsync(Visitor visitor, string name) =>
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", name) });
}
