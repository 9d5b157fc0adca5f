using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A message that came by the WebSocket, to be compared with what the event stream tells. For one thread at a time.</summary>
internal sealed class ShownMessage(HubMessage message)
{
    private ReceivedEvent? received;
    private bool isRead;

    public bool IsText => message.IsText;

    public ReadOnlySpan<byte> Bytes => message.Bytes.Span;

    /// <summary>What it is as an event with arguments; null for what is none. Parsed once.</summary>
    public ReceivedEvent? Event
    {
        get
        {
            if (!isRead) _ = message.TryReadEvent(out received);
            isRead = true;
            return received;
        }
    }
}
