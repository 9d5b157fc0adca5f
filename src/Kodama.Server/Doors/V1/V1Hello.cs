using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The hub's first frame.</summary>
internal static class V1Hello
{
    public static byte[] Write(DoorKit kit, V1Door door, Peer peer, in V1Session session, IReadOnlyList<IReadOnlyList<string>> others)
    {
        var json = V1Json.Rent();
        var writer = json.Writer;
        writer.WriteString("type"u8, "hello"u8);
        writer.WriteString("protocol"u8, V1Door.Subprotocol);
        writer.WriteString("hub"u8, kit.Hub.Id);
        writer.WriteString("peer"u8, peer.Id);
        writer.WriteStartObject("session"u8);
        writer.WriteString("id"u8, session.Id);
        writer.WriteString("secret"u8, session.Secret);
        writer.WriteEndObject();
        writer.WriteBoolean("resumed"u8, session.IsResumed);
        writer.WriteNumber("ping"u8, (long)kit.ConnectionOptions.PingInterval.TotalMilliseconds);
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("frame"u8, kit.ReaderOptions.MaxMessageSize);
        writer.WriteNumber("rooms"u8, door.MaxRooms);
        writer.WriteNumber("event"u8, V1Limits.Event);
        writer.WriteNumber("id"u8, PublishId.MaxLength);
        writer.WriteNumber("token"u8, V1Limits.Token);
        writer.WriteNumber("data"u8, RoomMembers.MaxData);
        writer.WriteNumber("depth"u8, V1Limits.Depth);
        writer.WriteNumber("page"u8, V1Limits.Page);
        writer.WriteEndObject();
        if (others.Count > 0) V1Replies.WriteCluster(writer, others);
        var text = json.End();
        var frame = new byte[FrameWriter.HeaderSize(text.Length, masked: false) + text.Length];
        FrameWriter.Write(frame, Opcode.Text, text);
        json.Return();
        return frame;
    }
}
