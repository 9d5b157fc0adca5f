using System.Buffers;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The answers to one client: gathered while a read is handled, and put in its outbox as one piece. Thread-safe.</summary>
/// <remarks>
/// One by one they would lie between the frames that the same read has brought to others, and part them for all (docs/decisions/0003).
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

    /// <summary>Adds a message to the client, which goes with the next <see cref="Send"/>, or at once where much has been gathered.</summary>
    public void Add(MessageType type, ReadOnlySpan<byte> payload)
    {
        bool isMuch;
        lock (gate)
        {
            Grow_NeedsLock(length + FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length);
            length += FrameWriter.Write(gathered.AsSpan(length), type == MessageType.Text ? Opcode.Text : Opcode.Binary, payload);
            isMuch = length >= MostGathered;
        }
        if (isMuch) Send();
    }

    /// <summary>
    /// Puts in the outbox what was gathered, and sends it. Never waits. For who answers while nothing is read: what is added while a message
    /// is handled is sent by itself, when all that came with it is.
    /// </summary>
    public void Send()
    {
        EnqueueResult result;
        lock (gate)
        {
            isComing = false;
            if (gathered is null) return;
            var frame = Frame.Copy(gathered.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(gathered);
            (gathered, length) = (null, 0);
            result = peer.Outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
            frame.Release();
        }
        if (result == EnqueueResult.QueuedFirst) connection.Flush();
        else if (result == EnqueueResult.Full) peer.Disconnect(CloseReason.TooSlow);
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

    private void Grow_NeedsLock(int least)
    {
        if (gathered is not null && gathered.Length >= least) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(least, (gathered?.Length ?? 0) * 2));
        if (gathered is not null)
        {
            gathered.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(gathered);
        }
        gathered = larger;
    }
}
