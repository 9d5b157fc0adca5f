using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Kodama.Pusher;

/// <summary>An event as the HTTP API is given it.</summary>
internal sealed class ApiEvent
{
    private const int MaxChannels = 100;
    private const int MaxBatch = 10;

    public string Name { get; private set; } = "";

    public List<string> Channels { get; } = [];

    /// <summary>As they were sent: the text, or JSON that was not put in one.</summary>
    public byte[]? Data { get; private set; }

    public string? SocketId { get; private set; }

    public string? Info { get; private set; }

    /// <summary>Reads one event; false, where it is none, and why.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, out ApiEvent read, out string error)
    {
        read = new ApiEvent();
        error = NotRead;
        try
        {
            if (!Utf8.IsValid(json.Span) || !JsonEscapes.AreWhole(json.Span)) return false;
            var reader = new Utf8JsonReader(json.Span);
            return reader.Read() && read.TryRead(ref reader, json.Span) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads <c>{"batch":[...]}</c>; false, where it is none, and why.</summary>
    public static bool TryReadBatch(ReadOnlyMemory<byte> json, out List<ApiEvent> batch, out string error)
    {
        batch = [];
        error = NotRead;
        try
        {
            if (!Utf8.IsValid(json.Span) || !JsonEscapes.AreWhole(json.Span)) return false;
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isBatch = reader.ValueTextEquals("batch"u8);
                reader.Read();
                if (!isBatch || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var one = new ApiEvent();
                    if (!one.TryRead(ref reader, json.Span)) return false;
                    batch.Add(one);
                    if (batch.Count <= MaxBatch) continue;
                    error = $"A batch has at most {MaxBatch} events.";
                    return false;
                }
            }
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with it, and with which status; null for nothing.</summary>
    public (int Status, string Text)? Refuse(int maxData)
    {
        if (Name.Length is 0 or > EventName.MaxLength) return (400, $"An event has a name of 1 to {EventName.MaxLength} characters.");
        if (EventName.IsReserved(Name)) return (400, "Events whose names begin with pusher: or pusher_internal: are the hub's own.");
        if (Data is null) return (400, "An event has data.");
        if (Data.Length > maxData) return (413, $"The data of an event have at most {maxData} bytes; these have {Data.Length}.");
        if (Channels.Count is 0 or > MaxChannels) return (400, $"An event goes to 1 to {MaxChannels} channels.");
        foreach (var channel in Channels)
        {
            if (!ChannelName.IsUser(channel) && !ChannelName.IsValid(channel))
                return (400, $"\"{channel}\" is no channel's name: it takes {ChannelName.Rule}.");
        }
        if (SocketId is not null && !Pusher.SocketId.TryParse(SocketId, out _)) return (400, "socket_id is digits, a point and digits.");
        return null;
    }

    private const string NotRead = "The body is not the JSON of an event in UTF-8, or holds half a character: " + JsonEscapes.Rule + ".";

    private bool TryRead(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            if (name == "channels" && reader.TokenType == JsonTokenType.StartArray)
            {
                Channels.Clear();
                while (reader.Read() && reader.TokenType == JsonTokenType.String) Channels.Add(reader.GetString()!);
                if (reader.TokenType != JsonTokenType.EndArray) return false;
                continue;
            }
            reader.Skip();
            switch (name)
            {
                case "name":
                    Name = text ?? "";
                    break;
                case "channel" or "channels" when text is not null:
                    Channels.Clear();
                    Channels.Add(text);
                    break;
                case "data":
                    Data = text is null ? json[start..(int)reader.BytesConsumed].ToArray() : Encoding.UTF8.GetBytes(text);
                    break;
                case "socket_id":
                    SocketId = text;
                    break;
                case "info":
                    Info = text;
                    break;
            }
        }
        return reader.TokenType == JsonTokenType.EndObject;
    }
}
