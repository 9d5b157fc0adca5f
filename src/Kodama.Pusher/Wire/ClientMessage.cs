using System.Text;
using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>What a client has said: <c>{"event":"...","channel":"...","data":...}</c>.</summary>
/// <param name="Event">The event.</param>
/// <param name="Channel">The channel, or null.</param>
/// <param name="Data">The data: JSON in the memory of the message, or empty.</param>
internal readonly record struct ClientMessage(string Event, string? Channel, ReadOnlyMemory<byte> Data)
{
    /// <summary>Reads it; false, where it is none. Of repeated names the last counts.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, out ClientMessage message)
    {
        message = default;
        if (!JsonEscapes.AreWhole(json.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            string? name = null, channel = null;
            var data = default(ReadOnlyMemory<byte>);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isEvent, isChannel, isData) =
                    (reader.ValueTextEquals("event"u8), reader.ValueTextEquals("channel"u8), reader.ValueTextEquals("data"u8));
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isEvent) name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (isChannel) channel = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
                if (isData) data = json[start..(int)reader.BytesConsumed];
            }
            if (name is null || reader.TokenType != JsonTokenType.EndObject || reader.Read()) return false;
            message = new ClientMessage(name, channel, data);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A member of the data that is a text; null for anything else. The data may be an object, or a string that holds
    /// one.</summary>
    public string? Find(ReadOnlySpan<byte> member)
    {
        try
        {
            return Find(Data.Span, member);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Find(ReadOnlySpan<byte> data, ReadOnlySpan<byte> member)
    {
        if (data.IsEmpty) return null;
        var reader = new Utf8JsonReader(data);
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && data[0] == (byte)'"')
        {
            var inner = Encoding.UTF8.GetBytes(reader.GetString()!);
            return inner is [(byte)'{', ..] && JsonEscapes.AreWhole(inner) ? Find(inner, member) : null;
        }
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        string? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.ValueTextEquals(member);
            reader.Read();
            if (isWanted) found = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
        }
        return found;
    }
}
