// An exhibition guide: what the guide shows is on every visitor's phone, also of those who come later. Only who has the link may show.
using System.Globalization;
using System.Security.Cryptography;
using Kodama;
using Kodama.Server;

const string Tour = "tour";

var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
var options = new KodamaOptions { Name = "Exhibition", Www = Path.Combine(AppContext.BaseDirectory, "pages") };
options.Rooms[Tour] = new RoomOptions { KeepWhenEmpty = true };
options.Rules
    .OnlyRooms(Tour)
    .RoomToken(Tour, token, without: RoomRights.Read | RoomRights.History | RoomRights.Presence)
    .MaxMessageSize(1000);

await using var server = new KodamaServer(options);
await server.StartAsync("0.0.0.0", args is [var port] ? int.Parse(port, CultureInfo.InvariantCulture) : 8080);
Console.WriteLine($"Visitors: {server.Addresses[0]}");
Console.WriteLine($"The guide: {server.Addresses[0]}/guide.html#{token}");
await server.WaitForShutdownAsync();
