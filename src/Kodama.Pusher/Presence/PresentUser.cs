using System.Text;
using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>A user as a member's data name it (docs/specs/pusher.md, P1, P2).</summary>
/// <param name="Id">The id as a text.</param>
/// <param name="IdJson">The id as it came: a JSON string or number.</param>
/// <param name="Info">What is told of it: JSON, perhaps <c>null</c>.</param>
internal sealed record PresentUser(string Id, ReadOnlyMemory<byte> IdJson, ReadOnlyMemory<byte> Info)
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxId = 128;

    /// <summary>Most bytes of what is told of a user.</summary>
    public const int MaxInfo = 1024;

    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>The user that this JSON names, or null: <c>{"user_id":...,"user_info":...}</c>.</summary>
    public static PresentUser? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (!JsonEscapes.AreWhole(json.Span)) return null;
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            string? id = null;
            ReadOnlyMemory<byte> idJson = default, info = Null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isInfo) = (reader.ValueTextEquals("user_id"u8), reader.ValueTextEquals("user_info"u8));
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var type = reader.TokenType;
                reader.Skip();
                var value = json[start..(int)reader.BytesConsumed];
                if (isInfo) info = value;
                if (!isId) continue;
                id = type == JsonTokenType.String ? reader.GetString()
                    : type == JsonTokenType.Number ? Encoding.ASCII.GetString(value.Span)
                    : null;
                idJson = value;
            }
            if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) return null;
            return id is { Length: > 0 and <= MaxId } ? new PresentUser(id, idJson, info) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member of a room: the user that its data name, or one with the member's own id.</summary>
    public static PresentUser Of(string member, ReadOnlyMemory<byte> data)
    {
        if (Read(data) is { } named) return named;
        using var json = JsonBuffer.Rent();
        return new PresentUser(member, json.Text(member).Written.ToArray(), data);
    }

    /// <summary>A user that has signed in.</summary>
    public static PresentUser Of(SignedIn user)
    {
        using var json = JsonBuffer.Rent();
        return new PresentUser(user.Id, json.Text(user.Id).Written.ToArray(), user.Info ?? Null);
    }

    /// <summary>The data of its member.</summary>
    public byte[] ToMember()
    {
        using var json = JsonBuffer.Rent();
        return json.Raw("{\"user_id\":"u8).Raw(IdJson.Span).Raw(",\"user_info\":"u8).Raw(Info.Span).Raw("}"u8).Written.ToArray();
    }
}
