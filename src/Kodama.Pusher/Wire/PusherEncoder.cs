using System.Buffers;
using System.Text.Json;
using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Pusher;

/// <summary>How subscribers get what is said: <c>{"event":"...","channel":"...","data":"..."}</c> (docs/specs/pusher.md, R4, R5,
/// E2).</summary>
/// <param name="prefix">Characters of a room's name before the channel's.</param>
/// <param name="presence">Who is in the presence channels.</param>
internal sealed class PusherEncoder(int prefix, PresenceTable presence) : IMessageEncoder
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    public Frame Encode(in Message message)
    {
        if (EventName.IsReserved(message.Event)) return default;
        using var json = JsonBuffer.Rent();
        json.Raw("{\"event\":"u8).Text(message.Event);
        if (message.Room is { } room) json.Raw(",\"channel\":"u8).Text(room.Name.AsSpan(prefix));
        json.Raw(",\"data\":"u8);
        WriteData(json, message.Payload);
        if (UserOf(message) is { } user) json.Raw(",\"user_id\":"u8).Text(user);
        json.Raw("}"u8);
        return DoorKit.Encode(MessageType.Text, json.Written);
    }

    /// <summary>A payload as an event's data, which are a string.</summary>
    public static void WriteData(JsonBuffer json, in Payload payload)
    {
        if (payload.IsText)
        {
            json.Text(payload.Bytes.Span);
        }
        else if (payload.IsArguments && payload.Attachments.Count == 0)
        {
            json.Text(SoleArgument(payload.Bytes.Span));
        }
        else
        {
            var arguments = new ArrayBufferWriter<byte>();
            DoorKit.WriteArguments(arguments, payload);
            json.Text(SoleArgument(arguments.WrittenSpan));
        }
    }

    // The only element of an array as it stands there, or the array.
    private static ReadOnlySpan<byte> SoleArgument(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array, AnyDepth);
        reader.Read();
        var start = (int)reader.BytesConsumed;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray) return array;
        reader.Skip();
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? array[start..(int)reader.TokenStartIndex] : array;
    }

    private string? UserOf(in Message message) =>
        message.Room is { } room && message.From is { } from && EventName.IsClient(message.Event)
        && ChannelName.IsPresence(room.Name.AsSpan(prefix))
            ? presence.UserOf(room, from)
            : null;
}
