// The hub that "bench soak" attacks, made as "kodama serve" makes it, and telling what it holds: PORT
using System.Globalization;
using Kodama.Server;
using Kodama.SocketIO;

Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
await using var server = new KodamaServer(
    new KodamaOptions { Name = "Soak" },
    builder => builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
server.Endpoints.MapSocketIO(socketIO =>
{
    socketIO.Relay = true;
    socketIO.AnyNamespace = true;
    socketIO.AllowEIO3 = true;
});

// Two, as finalizers of the first may let go of more.
server.Endpoints.MapGet("/bench/vitals", (bool? collect) =>
{
    for (var i = 0; collect is true && i < 2; i++)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }
    var counts = server.Hub.Counts;
    return Results.Json(new { counts.Peers, counts.Rooms, Heap = GC.GetTotalMemory(false), Timers = Timer.ActiveCount });
});

await server.StartAsync("127.0.0.1", int.Parse(args[0], CultureInfo.InvariantCulture));
await server.WaitForShutdownAsync();
