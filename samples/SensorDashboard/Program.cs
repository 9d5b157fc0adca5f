// A dashboard of sensors. A sensor posts its readings over HTTP; every open dashboard gets them at once over a WebSocket.
using System.Net.Http.Json;
using Kodama;

const string Room = "sensors";

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddKodama(options =>
{
    options.Name = "Sensors";
    options.Outbox.MaxFrames = 100;
    // A dashboard on a bad network skips old readings instead of losing its connection: only the newest count.
    options.Rooms[Room] = new RoomOptions { SlowPeers = SlowPeerPolicy.DropOldest };
    options.Rules.RequireJson("sensor", "celsius");
});
var app = builder.Build();
app.MapKodama("/hub");
app.MapGet("/", () => Results.Stream(typeof(Program).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));
await app.StartAsync();
Console.WriteLine($"Dashboard: {app.Urls.First()}");
await Task.WhenAll(
    MeasureAsync("kiln", 800, 15), MeasureAsync("greenhouse", 24, 1.5), MeasureAsync("cellar", 11, 0.3), app.WaitForShutdownAsync());

// What a device would do, in whatever language: one POST for each reading.
async Task MeasureAsync(string sensor, double celsius, double drift)
{
    using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
    var stopping = app.Lifetime.ApplicationStopping;
    try
    {
        do
        {
            celsius += (Random.Shared.NextDouble() - 0.5) * drift;
            using var answer = await http.PostAsJsonAsync(
                $"hub/api/rooms/{Room}/messages", new { sensor, celsius = Math.Round(celsius, 1) }, stopping);
            answer.EnsureSuccessStatusCode();
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested)
    {
        // The program ends.
    }
}
