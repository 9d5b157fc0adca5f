namespace Kodama.Ably;

/// <summary>What of an annotation is summed up.</summary>
/// <param name="Offset">Of its entry.</param>
/// <param name="Type">Such as <c>reaction:distinct.v1</c>.</param>
/// <param name="Name">Such as a thumb; empty for none.</param>
/// <param name="ClientId">Whose; null for nobody's.</param>
/// <param name="Count">How often.</param>
/// <param name="IsDelete">Whether it takes back.</param>
internal readonly record struct Annotation(long Offset, string Type, string Name, string? ClientId, int Count, bool IsDelete)
{
    public static Annotation Of(Entry entry, MessageNote note)
    {
        var said = WireDocument.Read(note.Annotation, WireFormat.Json)?.Root ?? default;
        return new Annotation(
            entry.Offset, entry.Event, said["name"u8].Text ?? "", note.ClientId, (int)(said["count"u8].Integer ?? 1),
            said["action"u8].Integer == 1);
    }
}
