using System.Net;
using System.Text.Json;

namespace Kodama.Samples.Tests;

public sealed class SensorDashboardTests
{
    [Fact]
    public async Task SensorDashboard_Listener_GetsReadingsOfEverySensor()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        using var dashboard = await TextClient.ConnectAsync(sample.WebSocketAddress("hub/ws/sensors"));

        var heard = new HashSet<string>();
        while (heard.Count < 3)
        {
            using var reading = JsonDocument.Parse((await dashboard.ReceiveAsync())!);
            Assert.Equal(JsonValueKind.Number, reading.RootElement.GetProperty("celsius").ValueKind);
            heard.Add(reading.RootElement.GetProperty("sensor").GetString()!);
        }

        Assert.Equal(["cellar", "greenhouse", "kiln"], heard.Order());
    }

    [Fact]
    public async Task SensorDashboard_SensorOfSomeoneElse_IsHeardToo()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        using var dashboard = await TextClient.ConnectAsync(sample.WebSocketAddress("hub/ws/sensors"));
        await dashboard.ReceiveAsync();
        const string Reading = """{"sensor":"attic","celsius":31.5}""";

        var status = await PostAsync(sample, Reading);

        Assert.Equal(HttpStatusCode.Accepted, status);
        await dashboard.ReceiveAsync(text => text == Reading);
    }

    [Fact]
    public async Task SensorDashboard_ReadingWithoutValue_IsRefused()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        using var dashboard = await TextClient.ConnectAsync(sample.WebSocketAddress("hub/ws/sensors"));
        await dashboard.ReceiveAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(sample, """{"sensor":"attic"}"""));
    }

    [Fact]
    public async Task SensorDashboard_Page_ListensToTheRoom()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = sample.Address };
        using var deadline = Deadline.Source();

        var page = await http.GetStringAsync(new Uri("/", UriKind.Relative), deadline.Token);

        Assert.Contains("/hub/ws/sensors", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SensorDashboard_Terminated_ExitsCleanly()
    {
        await using var sample = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");

        Assert.Equal(0, await sample.StopAsync());
    }

    private static async Task<HttpStatusCode> PostAsync(SampleProcess sample, string reading)
    {
        using var http = new HttpClient { BaseAddress = sample.Address };
        using var deadline = Deadline.Source();
        using var answer = await http.PostAsync(
            new Uri("hub/api/rooms/sensors/messages", UriKind.Relative), new StringContent(reading), deadline.Token);
        return answer.StatusCode;
    }
}
