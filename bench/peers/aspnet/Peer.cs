using System.Net.WebSockets;

namespace Kodama.Bench.AspNet;

/// <summary>
/// One connection. A WebSocket allows one send at a time: whoever finds none under way sends at once, without a hop to another
/// thread; whoever finds one queues behind it.
/// </summary>
internal sealed class Peer(WebSocket socket)
{
    private const int MaxQueued = 16 * 1024;
    private readonly Lock _lock = new();
    private Queue<Message>? _queue;
    private bool _sending;

    public WebSocket Socket => socket;

    public void Send(Message message)
    {
        lock (_lock)
        {
            if (_sending)
            {
                _queue ??= new Queue<Message>();
                if (_queue.Count < MaxQueued)
                    _queue.Enqueue(message);
                else
                    socket.Abort();
                return;
            }

            _sending = true;
        }

        _ = DrainAsync(message);
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        // A send under way would collide with the close frame; a peer that closes while it is still being sent to is cut off.
        lock (_lock)
        {
            if (_sending)
            {
                socket.Abort();
                return;
            }

            _sending = true;
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    private async Task DrainAsync(Message? message)
    {
        try
        {
            for (; message is not null; message = Next())
                await socket.SendAsync(message.Payload, message.Type, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException)
        {
            // The peer went away; its receive loop ends with the same news. _sending stays set: what is sent to it now is only queued.
            socket.Abort();
        }
    }

    private Message? Next()
    {
        lock (_lock)
        {
            if (_queue is not null && _queue.TryDequeue(out var message))
                return message;
            _sending = false;
            return null;
        }
    }
}
