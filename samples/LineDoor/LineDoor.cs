using System.Text;
using Kodama;
using Kodama.Server;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

/// <summary>A door of our own: <c>join ROOM [TOKEN]</c>, <c>leave ROOM</c>, <c>say ROOM TEXT</c>, a line for each message.</summary>
internal sealed class LineDoor(DoorKit kit) : IDoor
{
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/lines", context => kit.AcceptAsync(context, "lines", LineEncoder.Instance, new LinePeer()));
}

/// <summary>What the door's clients get: <c>ROOM TEXT</c> of a room, and what is said to one of them as it is.</summary>
internal sealed class LineEncoder : IMessageEncoder
{
    public static readonly LineEncoder Instance = new();

    public Frame Encode(in Message message)
    {
        var text = message.Payload.IsBinary ? Convert.ToBase64String(message.Bytes.Span) : message.Text;
        return DoorKit.Encode(MessageType.Text, Encoding.UTF8.GetBytes(message.Room is { } room ? $"{room.Name} {text}" : text));
    }
}

/// <summary>One client: its lines become calls of the hub.</summary>
internal sealed class LinePeer : DoorPeer
{
    private const string Usage = "! join ROOM [TOKEN], leave ROOM, say ROOM TEXT";

    protected override ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        Peer.Send(Usage);
        return default;
    }

    protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        var words = type == MessageType.Text ? Encoding.UTF8.GetString(payload.Span).Split(' ', 3) : [];
        return words switch
        {
            ["join", var room, .. var token] => JoinAsync(room, token.Length > 0 ? token[0] : null),
            ["leave", var room] => Leave(room),
            ["say", var room, var text] => SayAsync(room, text),
            _ => Tell(Usage),
        };
    }

    // A review of the rules has taken the client out of a room. It may go on in others, so it is told, and not closed.
    protected override void OnExpelled(Room room) => Peer.Send($"- {room.Name}");

    private async ValueTask JoinAsync(string room, string? token)
    {
        if (!RoomName.IsValid(room))
        {
            await Tell($"! A room's name takes {RoomName.Rule}.");
            return;
        }
        var joined = await JoinAsync(new JoinRequest { Room = room, Token = token });
        await Tell(joined.Result == JoinResult.Joined ? $"+ {room}" : $"! {room}: {joined.Reason ?? joined.Result.ToString()}");
    }

    private ValueTask Leave(string room)
    {
        if (Find(room) is { } found) Hub.Leave(Peer, found);
        return Tell($"- {room}");
    }

    private async ValueTask SayAsync(string room, string text)
    {
        if (Find(room) is not { } found)
        {
            await Tell($"! {room}: join it first");
            return;
        }
        var result = await Hub.PublishAsync(Peer, found, text, Message.DefaultEvent, Batch);
        if (result.Refusal is { } refusal) await Tell($"! {room}: {refusal}");
    }

    private Room? Find(string name) => Peer.Rooms.FirstOrDefault(room => room.Name == name);

    private ValueTask Tell(string line)
    {
        Answers.Add(MessageType.Text, Encoding.UTF8.GetBytes(line));
        return default;
    }
}
