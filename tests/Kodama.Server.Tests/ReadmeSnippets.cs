using Kodama;
using Microsoft.AspNetCore.Builder;

namespace Example;

/// <summary>What docs/program.md shows of channels, and of what the hub's program says.</summary>
public static class ReadmeSnippets
{
    public static void Map(WebApplication app)
    {
        app.MapWebSocket("/echo", async channel =>
        {
            await foreach (var message in channel.Messages) await channel.SendAsync(message);
        });
        app.MapWebSocket("/chat/{room}", async channel =>
        {
            var name = channel.Query.GetValueOrDefault("name", "Somebody");
            var room = await channel.JoinAsync($"chat/{channel.RouteValues["room"]}");
            room.Send($"{name} is here.", except: [channel.Peer]);
            await foreach (var message in channel.Messages) room.Send($"{name}: {message.Text}");
            room.Send($"{name} has gone.");
        });
    }

    public static void Speak(Hub hub, Message message, Room room, Peer peer)
    {
        hub.SendTo(message.From!, "For you alone.");     // a peer's id, a session's or a channel's
        room.Send("For who is here.", except: [peer]);
        hub.Send("For everyone.");
    }
}
