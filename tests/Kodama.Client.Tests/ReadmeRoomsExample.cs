using Kodama.Client;

namespace Example;

/// <summary>A counter at a door: every count is there once, whatever the network does, and a display shows all of them.</summary>
public static class ReadmeRoomsExample
{
    public static async Task CountAsync(string nameOrAddress, IAsyncEnumerable<string> people, Action<string> show)
    {
        await using var rooms = await KodamaRooms.ConnectAsync(nameOrAddress);
        await using var door = await rooms.JoinAsync("door", new JoinOptions { Start = RoomStart.Last(50) });
        var showing = ShowAsync(door, show);

        await foreach (var person in people)
        {
            try
            {
                await door.PublishAsync(person);
            }
            catch (RequestRefusedException refused)
            {
                show($"{person} is not counted, as far as is known: {refused.Reason}");
            }
        }
        await door.LeaveAsync();
        await showing;
    }

    private static async Task ShowAsync(JoinedRoom door, Action<string> show)
    {
        await foreach (var entry in door.Entries)
        {
            if (entry is RoomMessage message) show(message.Text);
            if (entry is RoomGap) show("(some are missing here)");
        }
    }
}
