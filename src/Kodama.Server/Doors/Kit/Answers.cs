using System.Buffers;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The answers to one client: gathered while a read is handled, and put in its outbox as one piece. Thread-safe.</summary>
/// <remarks>
/// One by one they would lie between the frames that the same read has brought to others, and part them for all (docs/decisions/0003). A
/// large one goes alone, in memory out of the budget of all outboxes.
/// </remarks>
public sealed class Answers
{
    private const int MostGathered = 16 * 1024;

    private readonly Peer peer;
    private readonly WebSocketConnection connection;
    private readonly Lock gate = new();
    private byte[]? gathered;
    private int length;
    private bool isComing;

    internal Answers(Peer peer, WebSocketConnection connection)
    {
        this.peer = peer;
        this.connection = connection;
    }

    /// <summary>
    /// Adds a message to the client, which goes with the next <see cref="Send"/>, or at once where much has been gathered. False, and
    /// nothing was added, where it is large and all outboxes of the hub hold as much as they may.
    /// </summary>
    public bool Add(MessageType type, ReadOnlySpan<byte> payload)
    {
        var opcode = type == MessageType.Text ? Opcode.Text : Opcode.Binary;
        var size = FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length;
        EnqueueResult? before = null, result = null;
        var isAdded = true;
        lock (gate)
        {
            if (length + size > MostGathered) before = Send_NeedsLock();
            if (size <= MostGathered)
            {
                gathered ??= ArrayPool<byte>.Shared.Rent(MostGathered);
                length += FrameWriter.Write(gathered.AsSpan(length), opcode, payload);
            }
            else if (isAdded = peer.Outbox.TryRent(size, out var frame))
            {
                FrameWriter.Write(frame.Span, opcode, payload);
                result = Answer_NeedsLock(frame);
            }
        }
        Tell(before);
        Tell(result);
        return isAdded;
    }

    /// <summary>
    /// Puts in the outbox what was gathered, and sends it. Never waits. For who answers while nothing is read: what is added while a
    /// message is handled is sent by itself, when all that came with it is.
    /// </summary>
    public void Send()
    {
        EnqueueResult? result;
        lock (gate)
        {
            isComing = false;
            result = Send_NeedsLock();
        }
        Tell(result);
    }

    /// <summary>Sends on another thread, once for all that are added until then.</summary>
    public void SendSoon()
    {
        lock (gate)
        {
            if (isComing) return;
            isComing = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static answers => answers.Send(), this, preferLocal: false);
    }

    /// <summary>Puts a frame in the outbox, behind what was gathered, and sends nothing.</summary>
    internal EnqueueResult Put(in Frame frame)
    {
        lock (gate)
        {
            Send_NeedsLock();
            // It takes nothing more after it was full.
            return peer.Outbox.TryAnswer(frame);
        }
    }

    private EnqueueResult? Send_NeedsLock()
    {
        if (gathered is null) return null;
        var frame = Frame.Copy(gathered.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(gathered);
        (gathered, length) = (null, 0);
        return Answer_NeedsLock(frame);
    }

    private EnqueueResult Answer_NeedsLock(Frame frame)
    {
        var result = peer.Outbox.TryAnswer(frame);
        frame.Release();
        return result;
    }

    private void Tell(EnqueueResult? result)
    {
        // Also where something waits already: as for one of a crowd, whose turn may come later.
        if (result is EnqueueResult.QueuedFirst or EnqueueResult.Queued) connection.Flush();
        else if (result == EnqueueResult.Full) peer.Disconnect(CloseReason.TooSlow);
    }
}
