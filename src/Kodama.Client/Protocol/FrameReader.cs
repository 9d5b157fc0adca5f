using System.Net.WebSockets;
using System.Text.Json;

namespace Kodama.Client.Protocol;

/// <summary>Reads frames of the hub. Members that it does not know are skipped, as the protocol asks.</summary>
internal sealed class FrameReader
{
    // Arguments of an event have 64 levels at most, and stand in a list in a frame.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 80 };

    // A position comes back in the head of a request as it is, and that is bounded.
    private const int LongestPosition = 64;

    private readonly HubFrame only = new();

    /// <summary>The frame, which is the reader's: the next one takes its place. What it holds is of the memory that was read.</summary>
    /// <exception cref="HubProtocolException">It is none.</exception>
    public HubFrame Read(ReadOnlyMemory<byte> json)
    {
        only.Clear();
        try
        {
            var reader = new Utf8JsonReader(json.Span, Options);
            reader.Read();
            ReadObject(ref reader, json, only);
            return only;
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            if (IsOfAnUnknownType(json)) return new HubFrame();
            throw NoFrame(exception);
        }
    }

    public static HubProtocolException NoFrame(Exception why) =>
        new((int)WebSocketCloseStatus.ProtocolError, $"The hub sent what is no frame of kodama.v1: {why.Message}", why);

    // Its members may have forms that those of the same names have not yet.
    private static bool IsOfAnUnknownType(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span, Options);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Next(ref reader, "type"u8)) return TypeOf(ref reader) == FrameType.Unknown;
                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No frame at all.
        }
        return false;
    }

    private static void ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, HubFrame frame)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("It is no object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, json, frame);
    }

    // By their length, so that few are compared: this is what a message costs.
    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, HubFrame frame)
    {
        switch (reader.ValueSpan.Length)
        {
            case 1 when Next(ref reader, "n"u8): frame.Number = reader.GetInt64(); break;
            case 2 when Next(ref reader, "id"u8): frame.Id = TextOf(ref reader, json); break;
            case 2 when Next(ref reader, "at"u8): frame.At = PositionOf(ref reader); break;
            case 3 when Next(ref reader, "key"u8): frame.Key = TextOf(ref reader, json); break;
            case 3 when Next(ref reader, "gap"u8): ReadGap(ref reader, frame); break;
            case 4: ReadMemberOf4(ref reader, json, frame); break;
            case 5 when Next(ref reader, "event"u8): frame.Event = TextOf(ref reader, json); break;
            case 5 when Next(ref reader, "state"u8): frame.State = ListOf(ref reader, json); break;
            case 5 when Next(ref reader, "bound"u8): frame.IsBound = reader.GetBoolean(); break;
            case 6 when Next(ref reader, "offset"u8): frame.Offset = reader.GetInt64(); break;
            case 6 when Next(ref reader, "action"u8): frame.Action = TextOf(ref reader, json); break;
            case 6 when Next(ref reader, "member"u8): frame.Member = TextOf(ref reader, json); break;
            case 6 when Next(ref reader, "binary"u8): frame.IsBinary = reader.GetBoolean(); break;
            case 6 when Next(ref reader, "direct"u8): frame.IsDirect = reader.GetBoolean(); break;
            case 6 when Next(ref reader, "base64"u8): frame.Bytes = reader.GetBytesFromBase64(); break;
            case 7 when Next(ref reader, "cluster"u8): frame.Hubs = RawOf(ref reader, json); break;
            case 7 when Next(ref reader, "members"u8): frame.Members = ListOf(ref reader, json); break;
            case 8 when Next(ref reader, "position"u8): frame.Position = PositionOf(ref reader); break;
            case 8 when Next(ref reader, "messages"u8): frame.Messages = ListOf(ref reader, json); break;
            case 9 when Next(ref reader, "transient"u8): frame.IsTransient = reader.GetBoolean(); break;
            case 9 when Next(ref reader, "duplicate"u8): frame.IsDuplicate = reader.GetBoolean(); break;
            default: reader.Skip(); break;
        }
    }

    private static void ReadMemberOf4(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, HubFrame frame)
    {
        if (Next(ref reader, "type"u8)) frame.Type = TypeOf(ref reader);
        else if (Next(ref reader, "time"u8)) frame.Time = reader.GetInt64();
        else if (Next(ref reader, "room"u8)) frame.Room = TextOf(ref reader, json);
        else if (Next(ref reader, "from"u8)) frame.From = TextOf(ref reader, json);
        else if (Next(ref reader, "name"u8)) frame.Name = TextOf(ref reader, json);
        else if (Next(ref reader, "text"u8)) frame.Text = TextOf(ref reader, json);
        else if (Next(ref reader, "args"u8)) frame.Arguments = RawOf(ref reader, json);
        else if (Next(ref reader, "data"u8)) frame.Data = RawOf(ref reader, json);
        else if (Next(ref reader, "live"u8)) frame.IsLive = reader.GetBoolean();
        else if (Next(ref reader, "more"u8)) frame.HasMore = reader.GetBoolean();
        else if (Next(ref reader, "echo"u8)) frame.Echoes = reader.GetBoolean();
        else if (Next(ref reader, "code"u8)) frame.Code = TextOf(ref reader, json);
        else reader.Skip();
    }

    private static bool Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static FrameType TypeOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        _ when reader.ValueTextEquals("message"u8) => FrameType.Message,
        _ when reader.ValueTextEquals("ok"u8) => FrameType.Ok,
        _ when reader.ValueTextEquals("mark"u8) => FrameType.Mark,
        _ when reader.ValueTextEquals("error"u8) => FrameType.Error,
        _ when reader.ValueTextEquals("joined"u8) => FrameType.Joined,
        _ when reader.ValueTextEquals("presence"u8) => FrameType.Presence,
        _ when reader.ValueTextEquals("state"u8) => FrameType.State,
        _ when reader.ValueTextEquals("left"u8) => FrameType.Left,
        _ when reader.ValueTextEquals("history"u8) => FrameType.History,
        _ when reader.ValueTextEquals("cluster"u8) => FrameType.Cluster,
        _ when reader.ValueTextEquals("hello"u8) => FrameType.Hello,
        _ => FrameType.Unknown,
    };

    private static JsonText TextOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) =>
        reader.TokenType == JsonTokenType.String
            ? new JsonText(json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2), reader.ValueIsEscaped)
            : throw new JsonException("A string is expected.");

    private static RoomPosition PositionOf(ref Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && reader.ValueSpan.Length <= LongestPosition && RoomPosition.TryParse(reader.GetString(), out var position)
            ? position
            : throw new JsonException("A position is expected.");

    private static ReadOnlyMemory<byte> RawOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static void ReadGap(ref Utf8JsonReader reader, HubFrame frame)
    {
        if (reader.TokenType == JsonTokenType.Number) frame.GapFrom = reader.GetInt64();
        else frame.IsGap = reader.GetBoolean();
    }

    private static List<HubFrame> ListOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("A list is expected.");
        var list = new List<HubFrame>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var frame = new HubFrame();
            ReadObject(ref reader, json, frame);
            list.Add(frame);
        }
        return list;
    }
}
