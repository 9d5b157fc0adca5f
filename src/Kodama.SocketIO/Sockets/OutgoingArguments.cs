namespace Kodama.SocketIO;

/// <summary>A payload that goes out, as the arguments that a listener of outgoing events is shown.</summary>
internal static class OutgoingArguments
{
    public static (byte[] Json, IReadOnlyList<ReadOnlyMemory<byte>> Attachments) Of(in Payload payload)
    {
        switch (payload.Kind)
        {
            case PayloadKind.Binary:
                return ("[{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), [payload.Bytes]);
            case PayloadKind.Text:
                var size = JsonText.EscapedSize(payload.Bytes.Span);
                var json = new byte[size + 4];
                "[\""u8.CopyTo(json);
                JsonText.Escape(payload.Bytes.Span, json.AsSpan(2));
                "\"]"u8.CopyTo(json.AsSpan(size + 2));
                return (json, []);
            default:
                return (payload.Bytes.ToArray(), payload.Attachments);
        }
    }
}
