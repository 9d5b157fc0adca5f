// A hub with a door of its own beside the others: whoever is in a room by lines, and whoever is there by /ws, hear each other.
using System.Globalization;
using Kodama.Server;
using Microsoft.Extensions.DependencyInjection;

var options = new KodamaOptions { Name = "Lines" };
options.Rules.RoomToken("vip", "maple");

await using var server = new KodamaServer(options, builder => builder.Services.AddKodamaDoor<LineDoor>());
await server.StartAsync("0.0.0.0", args is [var port] ? int.Parse(port, CultureInfo.InvariantCulture) : 8080);
Console.WriteLine($"Lines at {server.Addresses[0].Replace("http", "ws")}/lines. Press Ctrl-C to stop.");
await server.WaitForShutdownAsync();
