using System.Buffers;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The answers to one client: gathered while a read is handled, and put in its outbox as one piece. Thread-safe.</summary>
/// <remarks>
/// One by one they would lie between the frames that the same read has brought to others, and part them for all (docs/decisions/0003). A large
/// one goes alone, in memory out of the budget of all outboxes.
/// </remarks>
/// <param name="peer">Whose.</param>
/// <param name="connection">Over what.</param>
internal sealed class V1Answers(Peer peer, WebSocketConnection connection)
{
    private const int MostGathered = 16 * 1024;

    private readonly Lock gate = new();
    private byte[]? gathered;
    private int length;
    private bool isComing;

    /// <summary>
    /// Adds one, whose object is open still, and which goes with the next <see cref="Send"/>. Gives the buffer back. False, and nothing was
    /// added, where the hub has no memory for an answer so large.
    /// </summary>
    public bool Add(V1Json json)
    {
        var text = json.End();
        var size = FrameWriter.HeaderSize(text.Length, masked: false) + text.Length;
        var (before, result) = (EnqueueResult.Queued, EnqueueResult.Queued);
        var isAdded = true;
        lock (gate)
        {
            if (length + size > MostGathered) before = Send_NeedsLock();
            if (size <= MostGathered)
            {
                gathered ??= ArrayPool<byte>.Shared.Rent(MostGathered);
                length += FrameWriter.Write(gathered.AsSpan(length), Opcode.Text, text);
            }
            else if (isAdded = peer.Outbox.TryRent(size, out var frame))
            {
                FrameWriter.Write(frame.Span, Opcode.Text, text);
                result = Answer_NeedsLock(frame);
            }
        }
        json.Return();
        Tell(before);
        Tell(result);
        return isAdded;
    }

    /// <summary>Puts in the outbox what was gathered, and sends it. Never waits.</summary>
    public void Send()
    {
        EnqueueResult result;
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

    private EnqueueResult Send_NeedsLock()
    {
        if (gathered is null) return EnqueueResult.Queued;
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

    private void Tell(EnqueueResult result)
    {
        if (result == EnqueueResult.QueuedFirst) connection.Flush();
        else if (result == EnqueueResult.Full) peer.Disconnect(CloseReason.TooSlow);
    }
}
