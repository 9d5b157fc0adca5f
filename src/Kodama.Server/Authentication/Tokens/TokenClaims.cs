using System.Buffers;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>The claims of a person's token, as JSON.</summary>
internal static class TokenClaims
{
    // Seconds that DateTimeOffset takes.
    private const long LatestTime = 253_402_300_799;

    private static readonly string[] Rights = ["read", "write", "admin"];

    /// <summary>Rights as tokens say them, such as <c>write</c>.</summary>
    public static string Named(TokenRights rights) => Rights[(int)rights];

    /// <summary>Whether these are rights, written as tokens say them.</summary>
    public static bool TryReadRights(string said, out TokenRights rights)
    {
        var at = Array.IndexOf(Rights, said);
        rights = (TokenRights)Math.Max(0, at);
        return at >= 0;
    }

    public static ReadOnlyMemory<byte> Write(PersonToken token)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("jti"u8, token.Id);
            json.WriteString("name"u8, token.Name);
            if (token.Rooms.Count > 0)
            {
                json.WriteStartArray("rooms"u8);
                foreach (var room in token.Rooms) json.WriteStringValue(room);
                json.WriteEndArray();
            }
            json.WriteString("can"u8, Named(token.Can));
            json.WriteNumber("exp"u8, token.Expires.ToUnixTimeSeconds());
            json.WriteEndObject();
        }
        return output.WrittenMemory;
    }

    /// <summary>Null, with what is wrong with them.</summary>
    public static PersonToken? Read(ReadOnlyMemory<byte> claims, out string? wrong)
    {
        wrong = "its claims are no JSON object";
        try
        {
            using var json = JsonDocument.Parse(claims, new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            var token = Read(json.RootElement, out wrong);
            wrong ??= token?.FindFault();
            return wrong is null ? token : null;
        }
        // A text that is not UTF-16 behind its escapes is no text.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static PersonToken? Read(JsonElement claims, out string? wrong)
    {
        List<string> rooms = [];
        var (id, name, can) = (TextOf(claims, "jti"), TextOf(claims, "name"), Array.IndexOf(Rights, TextOf(claims, "can")));
        var (expires, notBefore) = (TimeOf(claims, "exp"), TimeOf(claims, "nbf"));
        wrong = id is null ? "it has no jti"
            : name is null ? "it has no name"
            : can < 0 ? "can must be read, write or admin"
            : expires is null ? "exp must be seconds since 1970"
            : notBefore is null && claims.TryGetProperty("nbf", out _) ? "nbf must be seconds since 1970"
            : claims.TryGetProperty("rooms", out var named) && !TryReadRooms(named, rooms) ? "rooms must be a list of patterns"
            : null;
        if (wrong is not null) return null;
        return new(id!, name!, rooms, (TokenRights)can, expires!.Value) { NotBefore = notBefore ?? DateTimeOffset.MinValue };
    }

    private static string? TextOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? TimeOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= LatestTime
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static bool TryReadRooms(JsonElement named, List<string> rooms)
    {
        // An empty list would be all rooms, and whoever wrote it meant none.
        if (named.ValueKind != JsonValueKind.Array || named.GetArrayLength() == 0) return false;
        foreach (var room in named.EnumerateArray())
        {
            if (room.ValueKind != JsonValueKind.String) return false;
            rooms.Add(room.GetString()!);
        }
        return true;
    }
}
