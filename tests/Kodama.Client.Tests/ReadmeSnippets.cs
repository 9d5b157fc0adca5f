using Kodama.Client;

namespace Example;

/// <summary>What docs/program.md shows of what a client says to one and to a room.</summary>
public static class ReadmeSnippets
{
    public static async Task SpeakAsync(KodamaRooms rooms, JoinedRoom room, RoomMessage message)
    {
        await rooms.SendToAsync(message.From!, "For you alone.");
        await room.PublishAsync("For who is here.");
        await foreach (var direct in rooms.DirectMessages) Console.WriteLine($"{direct.Name}, to me alone: {direct.Text}");
    }
}
