using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kodama.Sqlite;

/// <summary>
/// What of an entry does not fit a column: authors as <c>["id",{"name":"Yui"}]</c>, audiences as arrays, attachments each behind its
/// length; behind them a note, whose length is told by its complement, and whether it is an aside.
/// </summary>
internal static class EntryCodec
{
    private static readonly ConditionalWeakTable<Author, byte[]> Written = [];

    /// <summary>Made once for an author, who says more than one thing.</summary>
    public static byte[] Write(Author author) => Written.GetValue(author, static of =>
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue(of.Id);
            json.WriteStartObject();
            foreach (var (name, value) in of.Details) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        return bytes.ToArray();
    });

    public static Author? ReadAuthor(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var json = new Utf8JsonReader(bytes);
        json.Read();
        json.Read();
        var id = json.GetString()!;
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            details[name] = json.GetString()!;
        }
        return new Author(id, details);
    }

    public static byte[] Write(IReadOnlySet<string> audience)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var id in audience) json.WriteStringValue(id);
            json.WriteEndArray();
        }
        return bytes.ToArray();
    }

    public static HashSet<string>? ReadAudience(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var json = new Utf8JsonReader(bytes);
        json.Read();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.String) ids.Add(json.GetString()!);
        return ids;
    }

    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> attachments, Note? note)
    {
        var noted = note is null ? 0 : sizeof(int) + 1 + note.Bytes.Length;
        var bytes = new byte[attachments.Sum(static attachment => sizeof(int) + attachment.Length) + noted];
        var rest = bytes.AsSpan();
        foreach (var attachment in attachments)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, attachment.Length);
            attachment.Span.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + attachment.Length)..];
        }
        if (note is null) return bytes;
        BinaryPrimitives.WriteInt32LittleEndian(rest, ~note.Bytes.Length);
        rest[sizeof(int)] = note.IsAside ? (byte)1 : (byte)0;
        note.Bytes.Span.CopyTo(rest[(sizeof(int) + 1)..]);
        return bytes;
    }

    public static Note? ReadNote(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0) return new Note(bytes.Slice(sizeof(int) + 1, ~length).ToArray(), bytes[sizeof(int)] == 1);
            bytes = bytes[(sizeof(int) + length)..];
        }
        return null;
    }

    public static Payload ReadPayload(PayloadKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> attachments) => kind switch
    {
        PayloadKind.Text => Payload.OfText(payload.ToArray()),
        PayloadKind.Binary => Payload.Of(payload.ToArray()),
        _ => Payload.Arguments(payload.ToArray(), ReadAttachments(attachments)),
    };

    private static List<ReadOnlyMemory<byte>>? ReadAttachments(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var attachments = new List<ReadOnlyMemory<byte>>();
        while (bytes.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0) break;
            attachments.Add(bytes.Slice(sizeof(int), length).ToArray());
            bytes = bytes[(sizeof(int) + length)..];
        }
        return attachments;
    }
}
