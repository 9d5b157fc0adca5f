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
app.MapGet("/", () => Results.Content(Dashboard.Page, "text/html; charset=utf-8"));
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

internal static class Dashboard
{
    public const string Page = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sensors</title>
        <link rel="icon" href="data:,">
        <style>
          :root {
            color-scheme: light dark;
            --ground: light-dark(#f5f6f1, #101512); --surface: light-dark(#fff, #171e1a); --ink: light-dark(#1c2520, #e5ebe6);
            --dim: light-dark(#58645b, #9cab9f); --line: light-dark(#dfe3da, #29332d); --border: light-dark(#8b978e, #6a796f);
            --accent: light-dark(#2c6a48, #7fca9d); --accent-ink: light-dark(#fff, #0d1c13);
            --mark: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke='%23000'\
           stroke-width='2.4' stroke-linecap='round'%3E%3Cpath d='M16 21v8M12 9.5q4-8 8 0M9 16q7-11 14 0M6 23q10-14.5 20 0'/%3E%3C/svg%3E");
          }
          body { margin: 0; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
          h1 { display: flex; gap: .5rem; align-items: center; margin: 0; font-size: 1.25rem; font-weight: 650 }
          h1::before { width: 30px; height: 30px; background: var(--accent); mask: var(--mark); content: "" }
          #state { margin: 0 0 1.5rem; color: var(--dim) }
          main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)) }
          section { padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 14px; background: var(--surface) }
          h2 { margin: 0; font-size: 1rem; font-weight: 560; color: var(--dim); text-transform: capitalize }
          output { font-size: 2.25rem; font-variant-numeric: tabular-nums }
          svg { display: block; width: 100%; height: 3rem; overflow: visible }
          polyline { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke }
        </style>
        <h1>Sensors</h1>
        <p id="state" role="status">Connecting…</p>
        <main></main>
        <script>
          const sensors = new Map();

          function show({ sensor, celsius }) {
            if (!sensors.has(sensor)) {
              const card = document.createElement("section");
              card.innerHTML = "<h2></h2><output></output>"
                + `<svg viewBox="0 0 59 1" preserveAspectRatio="none" aria-hidden="true"><polyline/></svg>`;
              card.querySelector("h2").textContent = sensor;
              document.querySelector("main").append(card);
              sensors.set(sensor, { card, readings: [] });
            }
            const { card, readings } = sensors.get(sensor);
            readings.push(celsius);
            if (readings.length > 60) readings.shift();
            const least = Math.min(...readings), range = Math.max(...readings) - least || 1;
            card.querySelector("output").textContent = `${celsius.toFixed(1)} °C`;
            card.querySelector("polyline").setAttribute("points", readings.map((r, i) => `${i},${1 - (r - least) / range}`).join(" "));
          }

          function connect() {
            const socket = new WebSocket(`ws${location.protocol.slice(4)}//${location.host}/hub/ws/sensors`);
            const state = document.getElementById("state");
            socket.onopen = () => state.textContent = "Live";
            socket.onmessage = message => show(JSON.parse(message.data));
            socket.onclose = () => { state.textContent = "Connection lost; trying again…"; setTimeout(connect, 1000); };
          }
          connect();
        </script>
        </html>
        """;
}
