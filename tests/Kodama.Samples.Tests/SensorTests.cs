using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kodama.Samples.Tests;

public sealed partial class SensorTests
{
    [Fact]
    public async Task Sensor_Readings_ReachTheDashboard()
    {
        await using var dashboard = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        using var screen = await TextClient.ConnectAsync(dashboard.WebSocketAddress("hub/ws/sensors"));
        await using var sensor = await SampleProcess.StartAsync("Sensor", dashboard.WebSocketAddress("hub/ws").ToString(), "attic");

        using var reading = JsonDocument.Parse(await screen.ReceiveAsync(text => text.Contains("attic", StringComparison.Ordinal)));

        Assert.InRange(reading.RootElement.GetProperty("celsius").GetDouble(), -50, 100);
    }

    [Fact]
    public async Task Sensor_DashboardThatGoesAndComesBack_IsServedAgain()
    {
        await using var first = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        var address = first.WebSocketAddress("hub/ws").ToString();
        await using var sensor = await SampleProcess.StartAsync("Sensor", address, "attic");
        await first.StopAsync();
        await sensor.PrintsAsync(Attempt());

        await using var second = await SampleProcess.StartAsync("SensorDashboard", "--urls", $"http://127.0.0.1:{first.Address.Port}");
        using var screen = await TextClient.ConnectAsync(second.WebSocketAddress("hub/ws/sensors"));

        await screen.ReceiveAsync(text => text.Contains("attic", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sensor_Terminated_SaysGoodbyeAndExitsCleanly()
    {
        await using var dashboard = await SampleProcess.StartAsync("SensorDashboard", "--urls", "http://127.0.0.1:0");
        await using var sensor = await SampleProcess.StartAsync("Sensor", dashboard.WebSocketAddress("hub/ws").ToString(), "attic");

        Assert.Equal(0, await sensor.StopAsync());
    }

    [GeneratedRegex("Attempt [0-9]+ in 1 s")]
    private static partial Regex Attempt();
}
