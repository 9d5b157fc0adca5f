namespace Kodama.Ably;

/// <summary>A change of a member that was, as clients read it.</summary>
/// <param name="Time">When, in milliseconds.</param>
/// <param name="Offset">Its place in the room.</param>
/// <param name="Json">What is told of it.</param>
internal sealed record PastChange(long Time, long Offset, ReadOnlyMemory<byte> Json)
{
    public static PastChange Of(Room room, Entry change)
    {
        using var json = WireWriter.Rent(WireFormat.Json);
        PresenceWriter.Write(json, change, PresenceWriter.ActionOf(change), room.Epoch);
        return new PastChange(change.Time.ToUnixTimeMilliseconds(), change.Offset, json.Written.ToArray());
    }

    /// <summary>As another hub has it; null for what is none.</summary>
    public static PastChange? Read(WireElement element) =>
        element["time"u8].Integer is { } time && element["offset"u8].Integer is { } offset
            && element["json"u8] is { Kind: WireKind.Bytes } json && WireDocument.Read(json.Raw, WireFormat.Json) is { Root.IsMap: true }
            ? new PastChange(time, offset, json.Raw.ToArray())
            : null;

    /// <summary>For another hub.</summary>
    public void WriteWhole(WireWriter writer) =>
        writer.StartMap().Name("time"u8).Number(Time).Name("offset"u8).Number(Offset).Name("json"u8).Bytes(Json.Span).End();
}
