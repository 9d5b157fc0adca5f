namespace Kodama.Pusher;

/// <summary>What clients say to each other (docs/specs/pusher.md, Client events).</summary>
/// <param name="door">What all share.</param>
internal sealed class ClientEvents(PusherHub door)
{
    private const int RateLimited = 4301;

    /// <summary>Publishes what a connection says, or tells it why not.</summary>
    public ValueTask SayAsync(PusherPeer socket, in ClientMessage message)
    {
        if (message.Channel is not { } channel || socket.Find(channel) is not { Room: { } room })
            return socket.Fail(null, "A client event goes to a channel that the connection has subscribed to.");
        if (!socket.App.Options.ClientEvents) return socket.Fail(null, "Client events are not enabled for this app.", channel);
        if (!ChannelName.IsGuarded(channel))
            return socket.Fail(null, "Client events are for private and presence channels.", channel);
        if (message.Event.Length > EventName.MaxLength)
            return socket.Fail(null, $"An event's name has at most {EventName.MaxLength} characters.", channel);
        if (message.Data.Length > door.Options.MaxDataSize)
            return socket.Fail(null, $"An event's data have at most {door.Options.MaxDataSize} bytes.", channel);
        if (!socket.MaySpeak())
            return socket.Fail(RateLimited, $"A connection says at most {door.Options.MaxClientEvents} client events a second.", channel);
        var payload = EventData.OfJson(message.Event, message.Data.Span);
        var publishing = socket.PublishAsync(room, payload, message.Event);
        return publishing.IsCompletedSuccessfully
            ? Said(socket, channel, room, message.Event, payload, publishing.Result)
            : SaidAsync(socket, channel, room, message.Event, payload, publishing);
    }

    private async ValueTask SaidAsync(
        PusherPeer socket, string channel, Room room, string eventName, Payload payload, ValueTask<PublishResult> publishing) =>
        await Said(socket, channel, room, eventName, payload, await publishing);

    private ValueTask Said(
        PusherPeer socket, string channel, Room room, string eventName, in Payload payload, in PublishResult result)
    {
        if (result.Refusal is { } refused) return socket.Fail(null, refused, channel);
        if (door.Webhooks.AreSome)
        {
            var user = door.Presence.UserOf(room, socket.AsPeer!.Author.Id);
            door.Webhooks.ClientEvent(room.Name, eventName, result.Filtered ?? payload, socket.Id, user);
        }
        return default;
    }
}
