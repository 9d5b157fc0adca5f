using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>How peers of kodama.v1 get what happens: one format for all of them, which carries positions.</summary>
internal sealed class V1Encoder : IMessageEncoder
{
    public bool CarriesPosition => true;

    public Frame Encode(in Message message)
    {
        var json = V1Json.Rent();
        var hasPlace = message.Room is not null && !message.IsTransient;
        if (hasPlace) V1Place.WriteFirst(json.Writer, message.Offset, message.Time);
        else json.Writer.WriteNumber("time"u8, message.Time.ToUnixTimeMilliseconds());
        V1Entry.WriteMessage(json.Writer, message.Room?.Name, message.Author, message.Event, message.Payload, message.Id, inList: false);
        if (message.Room is not null && message.IsTransient) json.Writer.WriteBoolean("transient"u8, true);
        if (message.IsDirect) json.Writer.WriteBoolean("direct"u8, true);
        return ToFrame(json, message.Payload);
    }

    public Frame Encode(Room room, Entry change)
    {
        var json = V1Json.Rent();
        V1Place.WriteFirst(json.Writer, change.Offset, change.Time);
        V1Entry.WriteChange(json.Writer, room.Name, change);
        return ToFrame(json, change.Payload);
    }

    public Frame Encode(in RoomMark mark)
    {
        var json = V1Json.Rent();
        V1Place.WriteFirst(json.Writer, mark.Position.Offset, time: null);
        json.Writer.WriteString("type"u8, "mark"u8);
        json.Writer.WriteString("room"u8, mark.Room.Name);
        if (mark.IsLive) json.Writer.WriteBoolean("live"u8, true);
        if (mark.Gap is { } gap) json.Writer.WriteNumber("gap"u8, gap);
        if (mark.IsMoved) json.Writer.WriteString("position"u8, mark.Position.ToString());
        if (mark.Keys is { } keys)
        {
            json.Writer.WriteString("at"u8, new Position(mark.Position.Epoch, mark.KeysAt).ToString());
            V1Entry.WriteLists(json.Writer, keys);
        }
        return ToFrame(json, default);
    }

    public void Place(Span<byte> frame, long offset, DateTimeOffset time) => V1Place.Fill(V1Frames.JsonOf(frame), offset, time);

    private static Frame ToFrame(V1Json json, in Payload payload)
    {
        var text = json.End();
        var frame = payload.Kind == PayloadKind.Binary
            ? V1Frames.TextAndBinary(text, payload.Bytes.Span)
            : DoorKit.Encode(MessageType.Text, text);
        json.Return();
        return frame;
    }
}
