using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A body as a payload, by its content type, and a payload's content type.</summary>
internal static class BodyPayload
{
    private const string Bytes = "application/octet-stream";

    /// <summary>Bytes for who says that it sends bytes; else text, or for an event the JSON array of its arguments.</summary>
    public static bool TryRead(HttpRequest request, ReadOnlyMemory<byte> body, string eventName, out Payload payload, out string error)
    {
        payload = default;
        error = "";
        var isDefault = eventName == Message.DefaultEvent;
        if (isDefault && request.ContentType is { } type && type.StartsWith(Bytes, StringComparison.OrdinalIgnoreCase))
        {
            payload = Payload.Of(body);
            return true;
        }
        if (!Utf8.IsValid(body.Span))
        {
            error = $"The body is not UTF-8: send bytes with Content-Type: {Bytes}.";
        }
        else if (!isDefault && !IsJsonArray(body.Span))
        {
            error = $"The body of event \"{eventName}\" must be the JSON array of its arguments, such as [1,2].";
        }
        else if (!isDefault && !JsonEscapes.AreWhole(body.Span))
        {
            error = $"A string in the arguments of event \"{eventName}\" holds half a character: {JsonEscapes.Rule}.";
        }
        else
        {
            payload = isDefault ? Payload.OfText(body) : Payload.Arguments(body);
            return true;
        }
        return false;
    }

    public static string TypeOf(in Payload payload) => payload.Kind switch
    {
        PayloadKind.Text => "text/plain; charset=utf-8",
        PayloadKind.Binary => Bytes,
        _ => "application/json; charset=utf-8",
    };

    private static bool IsJsonArray(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
