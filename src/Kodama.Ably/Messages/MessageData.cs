using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Kodama.Server;

namespace Kodama.Ably;

/// <summary>Data of messages and members as the hub has them, and back (RSL4, RSL6; docs/specs/ably.md, R3, R4, M4).</summary>
internal static class MessageData
{
    private const string Json = "json";
    private const string Base64Name = "base64";

    /// <summary>What was sent as text or bytes, and what is left of its encoding; null, where it is neither.</summary>
    public static (ReadOnlyMemory<byte> Bytes, bool IsText, string? Encoding)? Read(WireElement data, string? encoding)
    {
        switch (data.Kind)
        {
            case WireKind.Bytes:
                return (data.Raw, false, encoding);
            case WireKind.Map or WireKind.Array:
                return (ToJson(data), true, Append(encoding, Json));
            case WireKind.Text or WireKind.EscapedText when EndsWith(encoding, Base64Name):
                var bytes = new byte[data.Utf8.Length];
                if (Base64.DecodeFromUtf8(data.Utf8.Span, bytes, out _, out var length) != OperationStatus.Done) return null;
                return (bytes.AsMemory(0, length), false, WithoutLast(encoding!));
            case WireKind.Text or WireKind.EscapedText:
                return (data.Utf8, true, encoding);
            default:
                return null;
        }
    }

    /// <summary>Data of a message as a payload, and what readers are to undo; null for what can be none.</summary>
    public static (Payload Payload, string? Encoding)? ToPayload(WireElement data, string? encoding, bool isNameless)
    {
        if (data.IsNone) return (Payload.Arguments("[]"u8.ToArray()), null);
        if (Read(data, encoding) is not var (bytes, isText, rest)) return null;
        if (!isText) return (Payload.Of(bytes), rest);
        return rest == Json && !isNameless && IsJson(bytes.Span, 63)
            ? (Payload.Arguments((byte[])[(byte)'[', .. bytes.Span, (byte)']']), null)
            : (Payload.OfText(bytes), rest);
    }

    /// <summary>Data of a member, which are JSON, and what readers are to undo; null for what can be none.</summary>
    public static (Payload Payload, string? Encoding)? ToMember(WireElement data, string? encoding)
    {
        if (data.IsNone) return (Payload.OfText("null"u8.ToArray()), null);
        if (Read(data, encoding) is not var (bytes, isText, rest)) return null;
        using var json = WireWriter.Rent(WireFormat.Json);
        if (!isText) json.StartMap().Name("$binary"u8).Bytes(bytes.Span).End();
        else if (rest == Json && IsJson(bytes.Span, RoomMembers.MaxDepth)) return (Payload.OfText(bytes), null);
        else json.Text(bytes.Span);
        return (Payload.OfText(json.Written.ToArray()), rest);
    }

    /// <summary>Writes <c>data</c> and <c>encoding</c> of a payload.</summary>
    /// <param name="writer">Into a map.</param>
    /// <param name="payload">What.</param>
    /// <param name="encoding">What readers are to undo.</param>
    /// <param name="added">The last bytes alone; 0 for all.</param>
    public static void Write(WireWriter writer, in Payload payload, string? encoding, int added = 0)
    {
        var bytes = payload.Bytes.Span;
        if (added > 0 && added < bytes.Length) bytes = bytes[^added..];
        switch (payload.Kind)
        {
            case PayloadKind.Text:
                WriteText(writer, bytes, encoding);
                break;
            case PayloadKind.Binary:
                WriteBytes(writer, bytes, encoding);
                break;
            default:
                var arguments = payload.Bytes;
                if (payload.Attachments.Count > 0)
                {
                    var output = new ArrayBufferWriter<byte>();
                    DoorKit.WriteArguments(output, payload);
                    arguments = output.WrittenMemory;
                }
                var (sole, count) = SoleArgument(arguments);
                if (count > 0) WriteText(writer, sole.Span, Append(encoding, Json));
                break;
        }
    }

    /// <summary>Writes <c>data</c> and <c>encoding</c> of a member's data.</summary>
    public static void WriteMember(WireWriter writer, ReadOnlySpan<byte> json, string? encoding)
    {
        if (json.IsEmpty || json.SequenceEqual("null"u8)) return;
        if (json[0] == (byte)'"')
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            var text = new byte[json.Length];
            WriteText(writer, text.AsSpan(0, reader.CopyString(text)), encoding);
        }
        else if (json.StartsWith("{\"$binary\":\""u8) && ReadBinary(json) is { } bytes)
        {
            WriteBytes(writer, bytes, encoding);
        }
        else
        {
            WriteText(writer, json, Append(encoding, Json));
        }
    }

    public static void WriteText(WireWriter writer, ReadOnlySpan<byte> text, string? encoding)
    {
        writer.Name("data"u8).Text(text);
        if (!string.IsNullOrEmpty(encoding)) writer.Name("encoding"u8).Text(encoding);
    }

    private static void WriteBytes(WireWriter writer, ReadOnlySpan<byte> bytes, string? encoding)
    {
        writer.Name("data"u8).Bytes(bytes);
        var told = writer.IsJson ? Append(encoding, Base64Name) : encoding;
        if (!string.IsNullOrEmpty(told)) writer.Name("encoding"u8).Text(told);
    }

    /// <summary>A value as JSON.</summary>
    public static byte[] ToJson(WireElement element)
    {
        using var json = WireWriter.Rent(WireFormat.Json);
        return json.Element(element).Written.ToArray();
    }

    private static byte[]? ReadBinary(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Read();
        reader.Read();
        return reader.TryGetBytesFromBase64(out var bytes) && reader.Read() && reader.TokenType == JsonTokenType.EndObject ? bytes : null;
    }

    // The only element of an array as it stands there, or the array; and how many there are, at most two.
    private static (ReadOnlyMemory<byte> Json, int Count) SoleArgument(ReadOnlyMemory<byte> array)
    {
        var reader = new Utf8JsonReader(array.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        var start = (int)reader.BytesConsumed;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray) return (array, 0);
        reader.Skip();
        var end = (int)reader.BytesConsumed;
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? (array[start..end], 1) : (array, 2);
    }

    private static bool IsJson(ReadOnlySpan<byte> text, int depth)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = depth });
            if (!reader.Read()) return false;
            reader.Skip();
            return !reader.Read() && JsonEscapes.AreWhole(text);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Append(string? encoding, string one) => string.IsNullOrEmpty(encoding) ? one : $"{encoding}/{one}";

    private static bool EndsWith(string? encoding, string one) =>
        encoding is not null && encoding.EndsWith(one, StringComparison.Ordinal)
        && (encoding.Length == one.Length || encoding[^(one.Length + 1)] == '/');

    private static string? WithoutLast(string encoding) =>
        encoding.LastIndexOf('/') is var slash and > 0 ? encoding[..slash] : null;
}
