namespace Kodama.Client.Protocol;

/// <summary>A frame of the hub, or an object of a list in one: what it says, of all that it may say.</summary>
internal sealed class HubFrame
{
    public FrameType Type { get; set; }

    /// <summary>Of the request that it answers; -1 for none.</summary>
    public long Number { get; set; } = -1;

    public JsonText Room { get; set; }

    /// <summary>-1 for none.</summary>
    public long Offset { get; set; } = -1;

    public long Time { get; set; }

    public RoomPosition? Position { get; set; }

    public RoomPosition? At { get; set; }

    /// <summary>Of joins and history: whether there is one.</summary>
    public bool IsGap { get; set; }

    /// <summary>Of marks: behind which offset; -1 for none.</summary>
    public long GapFrom { get; set; } = -1;

    public bool IsLive { get; set; }

    public bool IsDuplicate { get; set; }

    public bool IsBound { get; set; }

    public bool IsTransient { get; set; }

    public bool IsDirect { get; set; }

    public bool HasMore { get; set; }

    /// <summary>Of joins: whether the room tells its members what they say themselves.</summary>
    public bool Echoes { get; set; }

    /// <summary>Whether a binary message follows, which is the payload.</summary>
    public bool IsBinary { get; set; }

    public JsonText Action { get; set; }

    public JsonText Member { get; set; }

    public JsonText Key { get; set; }

    public JsonText From { get; set; }

    public JsonText Name { get; set; }

    public JsonText Id { get; set; }

    public JsonText Event { get; set; }

    public JsonText Code { get; set; }

    /// <summary>Of an entry its payload, of an error why.</summary>
    public JsonText Text { get; set; }

    /// <summary>JSON, an array.</summary>
    public ReadOnlyMemory<byte> Arguments { get; set; }

    /// <summary>JSON.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Of a binary message, or of base64 in a list.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; set; }

    public List<HubFrame>? Members { get; set; }

    public List<HubFrame>? State { get; set; }

    public List<HubFrame>? Messages { get; set; }

    /// <summary>JSON, lists of the other hubs' addresses.</summary>
    public ReadOnlyMemory<byte> Hubs { get; set; }

    public DateTimeOffset When => DateTimeOffset.FromUnixTimeMilliseconds(Time);

    public RoomPayload Payload =>
        Bytes is { } bytes ? RoomPayload.Of(bytes)
        : !Arguments.IsEmpty ? RoomPayload.OfArguments(Arguments)
        : RoomPayload.OfText(Text.Utf8);

    /// <summary>As a new one.</summary>
    public void Clear()
    {
        Type = FrameType.Unknown;
        Number = -1;
        Room = default;
        Offset = -1;
        Time = default;
        Position = default;
        At = default;
        IsGap = default;
        GapFrom = -1;
        IsLive = default;
        IsDuplicate = default;
        IsBound = default;
        IsTransient = default;
        IsDirect = default;
        HasMore = default;
        Echoes = default;
        IsBinary = default;
        Action = default;
        Member = default;
        Key = default;
        From = default;
        Name = default;
        Id = default;
        Event = default;
        Code = default;
        Text = default;
        Arguments = default;
        Data = default;
        Bytes = default;
        Members = default;
        State = default;
        Messages = default;
        Hubs = default;
    }
}
