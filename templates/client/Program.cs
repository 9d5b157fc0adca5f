// dotnet run -- NAME [HUB]: chats in the room "lounge" of a hub, the first that is found unless a name or address is given.
using Kodama.Client;

var name = args.Length > 0 ? args[0] : Environment.UserName;
var options = new KodamaRoomsOptions { Details = { ["name"] = name } };
await using var hub = await KodamaRooms.ConnectAsync(args.Length > 1 ? args[1] : "KodamaHub", options);
await using var lounge = await hub.JoinAsync("lounge", new JoinOptions { Start = RoomStart.Last(20) });
var showing = ShowAsync(lounge);

// After a cut it goes on where it was; what was typed meanwhile is sent then, once.
while (Console.ReadLine() is { } line) await lounge.PublishAsync(line);
await lounge.LeaveAsync();
await showing;

static async Task ShowAsync(JoinedRoom lounge)
{
    await foreach (var entry in lounge.Entries)
    {
        if (entry is RoomMessage message) Console.WriteLine($"{message.Name ?? "hub"}: {message.Text}");
        if (entry is RoomGap) Console.WriteLine("(some messages are not kept any more)");
    }
}
