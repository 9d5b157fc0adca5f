// A sensor that stays connected: it sends a reading every half second, and comes back by itself when the hub has been away.
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Kodama.Client;

var (hub, sensor) = args is [var h, var s] ? (h, s) : ("ws://localhost:8080/hub/ws", "attic");
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var options = new KodamaClientOptions
{
    Room = "sensors",
    Details = { ["name"] = sensor },
    Reconnect = ReconnectStrategy.Fixed(TimeSpan.FromSeconds(1)),
    RetryFirst = true, // Whichever is switched on first.
    FullMode = FullMode.DropOldest, // It does not read what the others in the room measure.
};
await using var client = KodamaClient.Create(hub, options);
client.StatusChanged += (_, status) => Console.WriteLine(status switch
{
    ClientStatus.Connected connected => $"{sensor} measures for {connected.Address}. Press Ctrl-C to stop.",
    ClientStatus.Reconnecting again => $"{again.Cause.Message} Attempt {again.Attempt} in {again.Delay.TotalSeconds} s.",
    _ => status.GetType().Name,
});

var celsius = 21.0;
using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
try
{
    await client.StartAsync(stop.Token);
    while (client.Status is not ClientStatus.Closed && await timer.WaitForNextTickAsync(stop.Token))
    {
        celsius += Random.Shared.NextDouble() - 0.5;
        try
        {
            await client.SendAsync(new Reading(sensor, Math.Round(celsius, 1)), Json.Default.Reading, stop.Token);
        }
        catch (NotConnectedException)
        {
            // The next reading is worth more than this one.
        }
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // The goodbye follows.
}
catch (KodamaClientException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

internal sealed record Reading(string Sensor, double Celsius);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Reading))]
internal sealed partial class Json : JsonSerializerContext;
