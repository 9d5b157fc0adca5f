using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Kodama.Bench.AspNet;

/// <summary>Relays what one peer of a room sends to the others (in echo mode to itself too).</summary>
internal sealed class Hub(bool echo)
{
    private const int MaxMessage = 64 * 1024;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Peer, bool>> _rooms = new();

    public async Task RunAsync(Peer peer, string name, CancellationToken cancellationToken)
    {
        var room = Join(peer, name);
        try
        {
            while (await ReceiveAsync(peer.Socket, cancellationToken) is { } message)
            {
                foreach (var (other, _) in room)
                {
                    if (echo || other != peer)
                        other.Send(message);
                }
            }

            await peer.CloseAsync(cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The peer went away without a close frame: nothing left to say to it.
        }
        finally
        {
            Leave(peer, name, room);
        }
    }

    private ConcurrentDictionary<Peer, bool> Join(Peer peer, string name)
    {
        lock (_rooms)
        {
            var room = _rooms.GetOrAdd(name, _ => new ConcurrentDictionary<Peer, bool>(concurrencyLevel: 1, capacity: 1));
            room.TryAdd(peer, true);
            return room;
        }
    }

    private void Leave(Peer peer, string name, ConcurrentDictionary<Peer, bool> room)
    {
        lock (_rooms)
        {
            room.TryRemove(peer, out _);
            if (room.IsEmpty)
                _rooms.TryRemove(name, out _);
        }
    }

    /// <summary>The next message, or null at the close. Waits with an empty buffer, as SignalR does, so that an idle peer holds
    /// none.</summary>
    private static async ValueTask<Message?> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (first.MessageType == WebSocketMessageType.Close)
            return null;
        if (first.EndOfMessage)
            return new Message(default, first.MessageType);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxMessage);
        try
        {
            for (var length = 0; length < MaxMessage;)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length, MaxMessage - length), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                length += received.Count;
                if (received.EndOfMessage)
                    return new Message(buffer.AsSpan(0, length).ToArray(), received.MessageType);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        socket.Abort();
        throw new WebSocketException(WebSocketError.InvalidMessageType, $"A message is longer than {MaxMessage} bytes.");
    }
}
