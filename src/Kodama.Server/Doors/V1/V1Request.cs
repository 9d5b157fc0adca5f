namespace Kodama.Server;

/// <summary>A frame of a client, as it was read. What it holds of the frame's memory is valid while the frame is.</summary>
internal sealed class V1Request
{
    public V1RequestType Type { get; set; }

    /// <summary>What the answer brings back; null, where none is wanted.</summary>
    public long? Number { get; set; }

    /// <summary>Of hello: the session that the client had.</summary>
    public string? SessionId { get; set; }

    public string? SessionSecret { get; set; }

    public string Room { get; set; } = "";

    public string Event { get; set; } = Message.DefaultEvent;

    public string? Id { get; set; }

    public Position? Again { get; set; }

    public bool IsTransient { get; set; }

    /// <summary>The text or the arguments; a default one until the binary frame has come.</summary>
    public Payload Payload { get; set; }

    /// <summary>How many payloads it names: one, where it may have one.</summary>
    public int Payloads { get; set; }

    /// <summary>Whether its payload is the next frame.</summary>
    public bool IsBinary { get; set; }

    public Position? After { get; set; }

    public Position? Before { get; set; }

    public int? Last { get; set; }

    public DateTimeOffset? Since { get; set; }

    public bool WantsPresence { get; set; }

    public bool WantsState { get; set; }

    public bool WantsLists { get; set; }

    public string? Token { get; set; }

    public int Limit { get; set; } = V1Limits.DefaultPage;

    /// <summary>Of enter: JSON.</summary>
    public ReadOnlyMemory<byte> Data { get; set; } = "null"u8.ToArray();

    public string? Key { get; set; }

    public bool IsBound { get; set; }

    public string? To { get; set; }

    public PublishId? PublishId => Id is null ? null : new PublishId(Id, Again);

    public Start Start =>
        After is { } after ? Start.After(after)
        : Last is { } last ? Start.Last(last)
        : Since is { } since ? Start.Since(since)
        : Start.Live;
}
