using System.Text.Json;

namespace Kodama.Ably;

/// <summary>
/// What a message or member of Ably's is beside event, payload and author: kept with the entry as JSON, and told to Ably's clients alone
/// (docs/specs/ably.md, R3). Most have nothing of it.
/// </summary>
internal sealed record MessageNote
{
    /// <summary>Of an entry without one.</summary>
    public static readonly MessageNote None = new();

    /// <summary>Its id, where the room's own id is another.</summary>
    public string? Id { get; init; }

    /// <summary>For whom it speaks, where its author has not that name.</summary>
    public string? ClientId { get; init; }

    /// <summary>What readers are to undo.</summary>
    public string? Encoding { get; init; }

    /// <summary>JSON.</summary>
    public ReadOnlyMemory<byte> Extras { get; init; }

    /// <summary>Whether it has no name, though the event has one.</summary>
    public bool IsNameless { get; init; }

    /// <summary>What became of which message; Create for one that is new.</summary>
    public MessageAction Action { get; init; }

    /// <summary>Of the message that it changes.</summary>
    public string? Serial { get; init; }

    /// <summary>When that message was said, in milliseconds; 0 for one that is new.</summary>
    public long Timestamp { get; init; }

    /// <summary>JSON: what is said of the change.</summary>
    public ReadOnlyMemory<byte> Version { get; init; }

    /// <summary>Of an append the bytes that were added, at the end.</summary>
    public int Added { get; init; }

    /// <summary>Of a change the place of the one that it was made to; 0 for the message itself.</summary>
    public long Base { get; init; }

    /// <summary>Whether it only says as a whole what appends have made, of which each knew nothing of the other.</summary>
    public bool IsMerge { get; init; }

    /// <summary>JSON: the summary of annotations.</summary>
    public ReadOnlyMemory<byte> Summary { get; init; }

    /// <summary>JSON: an annotation's own members; empty for messages.</summary>
    public ReadOnlyMemory<byte> Annotation { get; init; }

    /// <summary>A leave's data: a text, or bytes in Base64 with an encoding that says so.</summary>
    public string? Data { get; init; }

    /// <summary>The note of a leave without data, which tells those of the member.</summary>
    public MessageNote Leaving(MessageNote member) => new() { Id = Id, Encoding = member.Encoding, Extras = Extras };

    public bool IsEdit => Action is MessageAction.Update or MessageAction.Delete or MessageAction.Append;

    /// <summary>As it is kept; null for nothing.</summary>
    public Note? ToNote(bool isAside = false)
    {
        if (this is { Id: null, ClientId: null, Encoding: null, Extras.IsEmpty: true, IsNameless: false, Serial: null,
            Annotation.IsEmpty: true, Summary.IsEmpty: true, Data: null }) return null;
        using var json = WireWriter.Rent(WireFormat.Json);
        json.StartMap();
        if (Id is not null) json.Name("id"u8).Text(Id);
        if (ClientId is not null) json.Name("clientId"u8).Text(ClientId);
        if (Encoding is not null) json.Name("encoding"u8).Text(Encoding);
        if (!Extras.IsEmpty) json.Name("extras"u8).Json(Extras.Span);
        if (IsNameless) json.Name("nameless"u8).Flag(true);
        if (Action != MessageAction.Create) json.Name("action"u8).Number((int)Action);
        if (Serial is not null) json.Name("serial"u8).Text(Serial);
        if (Timestamp != 0) json.Name("timestamp"u8).Number(Timestamp);
        if (!Version.IsEmpty) json.Name("version"u8).Json(Version.Span);
        if (Added > 0) json.Name("added"u8).Number(Added);
        if (Base > 0) json.Name("base"u8).Number(Base);
        if (IsMerge) json.Name("merge"u8).Flag(true);
        if (!Summary.IsEmpty) json.Name("summary"u8).Json(Summary.Span);
        if (!Annotation.IsEmpty) json.Name("annotation"u8).Json(Annotation.Span);
        if (Data is not null) json.Name("data"u8).Text(Data);
        return new Note(json.End().Written.ToArray(), isAside);
    }

    public static MessageNote Read(Note? note)
    {
        if (note is null) return None;
        string? id = null, clientId = null, encoding = null, serial = null, data = null;
        ReadOnlyMemory<byte> extras = default, version = default, summary = default, annotation = default;
        var (action, timestamp, added, before) = (MessageAction.Create, 0L, 0, 0L);
        var (isNameless, isMerge) = (false, false);
        var reader = new Utf8JsonReader(note.Bytes.Span, new JsonReaderOptions { MaxDepth = 2 * WireDocument.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": id = reader.GetString(); break;
                case "clientId": clientId = reader.GetString(); break;
                case "encoding": encoding = reader.GetString(); break;
                case "extras": extras = Whole(ref reader, note.Bytes); break;
                case "nameless": isNameless = true; break;
                case "action": action = (MessageAction)reader.GetInt32(); break;
                case "serial": serial = reader.GetString(); break;
                case "timestamp": timestamp = reader.GetInt64(); break;
                case "version": version = Whole(ref reader, note.Bytes); break;
                case "added": added = reader.GetInt32(); break;
                case "base": before = reader.GetInt64(); break;
                case "merge": isMerge = true; break;
                case "summary": summary = Whole(ref reader, note.Bytes); break;
                case "annotation": annotation = Whole(ref reader, note.Bytes); break;
                case "data": data = reader.GetString(); break;
                default: reader.Skip(); break;
            }
        }
        return new MessageNote
        {
            Id = id,
            ClientId = clientId,
            Encoding = encoding,
            Extras = extras,
            IsNameless = isNameless,
            Action = action,
            Serial = serial,
            Timestamp = timestamp,
            Version = version,
            Added = added,
            Base = before,
            IsMerge = isMerge,
            Summary = summary,
            Annotation = annotation,
            Data = data,
        };
    }

    private static ReadOnlyMemory<byte> Whole(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }
}
