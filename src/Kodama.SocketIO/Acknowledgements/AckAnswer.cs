namespace Kodama.SocketIO;

/// <summary>The first argument of an acknowledgement.</summary>
internal static class AckAnswer
{
    /// <remarks>The packet's memory ends with the call: bytes that the answer is to keep are copied.</remarks>
    public static T? Read<T>(ArgumentJson json, in Packet packet)
    {
        var attachments = packet.Attachments.Count == 0
            ? packet.Attachments
            : [.. packet.Attachments.Select(a => (ReadOnlyMemory<byte>)a.ToArray())];
        return json.Read<T>(packet.Data, attachments, 0);
    }
}
