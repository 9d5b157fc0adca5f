namespace Kodama;

/// <summary>Drops messages with more text or more binary data than allowed.</summary>
internal sealed class MessageSize : IPromptFilter
{
    private readonly int text;
    private readonly int binary;

    public MessageSize(int text, int binary)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(text);
        ArgumentOutOfRangeException.ThrowIfNegative(binary);
        this.text = text;
        this.binary = binary;
    }

    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken)
    {
        var payload = message.Payload;
        var isBinary = payload.Kind == PayloadKind.Binary;
        var binaryBytes = isBinary ? payload.Bytes.Length : AttachedBytes(payload);
        var textBytes = isBinary ? 0 : payload.Bytes.Length;
        if (textBytes > text) return new(FilterResult.Drop($"Too large: {textBytes} bytes of text, and {text} are allowed."));
        if (binaryBytes > binary)
            return new(FilterResult.Drop($"Too large: {binaryBytes} bytes of binary data, and {binary} are allowed."));
        return new(FilterResult.Pass);
    }

    private static long AttachedBytes(in Payload payload)
    {
        var sum = 0L;
        for (var i = 0; i < payload.Attachments.Count; i++) sum += payload.Attachments[i].Length;
        return sum;
    }
}
