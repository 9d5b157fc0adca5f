using System.Text.Json;
using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>What each request about a room says (docs/specs/kodama.v1.md, "Requests and answers").</summary>
internal static class RoomBodies
{
    /// <summary>Of a message to which nobody gave another.</summary>
    public const string DefaultEvent = "message";

    public static byte[] Room(string room) => RequestBody.Write(room, static (writer, name) => writer.WriteString("room"u8, name));

    public static byte[] Message(string room, string eventName, in RoomPayload payload, string id) =>
        RequestBody.Write((room, eventName, payload, id), static (writer, said) =>
        {
            writer.WriteString("room"u8, said.room);
            writer.WritePayload(said.eventName == DefaultEvent ? null : said.eventName, said.payload);
            writer.WriteString("id"u8, said.id);
        });

    public static byte[] Transient(string room, string eventName, in RoomPayload payload) =>
        RequestBody.Write((room, eventName, payload), static (writer, said) =>
        {
            writer.WriteString("room"u8, said.room);
            writer.WritePayload(said.eventName, said.payload);
            writer.WriteBoolean("transient"u8, true);
        });

    public static byte[] Direct(string to, string eventName, in RoomPayload payload) =>
        RequestBody.Write((to, eventName, payload), static (writer, said) =>
        {
            writer.WriteString("to"u8, said.to);
            writer.WritePayload(said.eventName, said.payload);
        });

    public static byte[] Enter(string room, ReadOnlyMemory<byte> data, string? id) =>
        RequestBody.Write((room, data, id), static (writer, enter) =>
        {
            writer.WriteString("room"u8, enter.room);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(enter.data.Span, skipInputValidation: true);
            if (enter.id is not null) writer.WriteString("id"u8, enter.id);
        });

    public static byte[] Set(string room, string key, in RoomPayload value, bool isBound, string id) =>
        RequestBody.Write((room, key, value, isBound, id), static (writer, set) =>
        {
            writer.WriteString("room"u8, set.room);
            writer.WriteString("key"u8, set.key);
            writer.WritePayload(null, set.value);
            if (set.isBound) writer.WriteBoolean("bound"u8, true);
            writer.WriteString("id"u8, set.id);
        });

    public static byte[] Remove(string room, string key, string id) =>
        RequestBody.Write((room, key, id), static (writer, removed) =>
        {
            writer.WriteString("room"u8, removed.room);
            writer.WriteString("key"u8, removed.key);
            writer.WriteString("id"u8, removed.id);
        });

    /// <summary>What follows the request, of bytes; a copy, as it may be sent again.</summary>
    public static ReadOnlyMemory<byte>? BytesOf(in RoomPayload payload) =>
        payload.IsBinary ? payload.Bytes.ToArray() : default(ReadOnlyMemory<byte>?);

    /// <exception cref="ArgumentException">It is none.</exception>
    public static void ThrowIfNoJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            JsonElement.Parse(data.Span);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The data are no JSON: {exception.Message}", nameof(data), exception);
        }
    }
}
