using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Kodama.WebSockets;

/// <summary>The sending half of a connection: one thread at a time takes runs of frames from the source and control frames between
/// them.</summary>
internal sealed class FrameSender(Duplex duplex, IFrameSource source, bool masked, ISenderOwner owner)
{
    // Pongs that wait behind messages, in bytes: as much as the pings of one read can ask for. Who sends pings and reads nothing holds no
    // more.
    private const int MostReplies = 64 * 1024;

    private const int Idle = 0;
    private const int Sending = 1;
    private const int SendingAndMore = 2;

    // As if somebody were sending, until the beginning.
    private int state = Sending;

    // What is left of the run or control frame being sent, and the size of the run, 0 for a control frame. A run is whole frames and is
    // given back to the source as one: whatever the source loses meanwhile, nothing goes between two halves of a frame.
    private ReadOnlyMemory<byte> left;
    private int run;

    // A send that is pending: how many of the two have passed, the one that has begun it and the one that tells its end.
    private int passed;
    private Transfer sent;

    // Bytes of pongs put into the source since it was last empty.
    private int replies;
    private byte[]? pong;
    private byte[]? ping;
    private byte[]? close;
    private bool isClosing;
    private volatile bool isCloseSent;

    private volatile bool finishing;
    private bool isDone;
    private int finished;

    public bool IsCloseSent => isCloseSent;

    /// <summary>Sends what has come so far, and from now on at once. Called once.</summary>
    public void Begin() => Send();

    /// <summary>Sends what there is, or leaves it to the thread that is sending.</summary>
    public void Flush()
    {
        while (true)
        {
            switch (Volatile.Read(ref state))
            {
                case Idle when Interlocked.CompareExchange(ref state, Sending, Idle) == Idle:
                    Send();
                    return;
                // Written again where it is so already, as a full fence: what was put in before is seen by the thread that is told of it.
                case not Idle and var busy when Interlocked.CompareExchange(ref state, SendingAndMore, busy) == busy:
                    return;
            }
        }
    }

    /// <summary>
    /// Answers a ping, behind what waits; the caller flushes. Where there is no room, the pong goes ahead, and of several that wait so
    /// only the last (RFC 6455 section 5.5.3).
    /// </summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        frame = frame[..FrameWriter.Write(frame, Opcode.Pong, payload, mask: NewMask())];
        if (Volatile.Read(ref replies) + frame.Length <= MostReplies && source.TryAppend(frame)) Interlocked.Add(ref replies, frame.Length);
        else Volatile.Write(ref pong, frame.ToArray());
    }

    public void Ping()
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxHeaderSize];
        var length = FrameWriter.Write(frame, Opcode.Ping, [], mask: NewMask());
        Volatile.Write(ref ping, frame[..length].ToArray());
        Flush();
    }

    /// <summary>Sends a close frame after all that the source still has. Only the first call counts.</summary>
    public void Close(ushort code, string reason)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        var length = FrameWriter.WriteClose(frame, code, reason, NewMask());
        Interlocked.CompareExchange(ref close, frame[..length].ToArray(), null);
        Flush();
    }

    /// <summary>
    /// Sends what there is, and is done. True, when it is done already; else <see cref="ISenderOwner.OnFinished"/> follows. Called once.
    /// </summary>
    public bool TryFinish()
    {
        finishing = true;
        Flush();
        return Interlocked.Increment(ref finished) == 2;
    }

    /// <summary>A pending send has ended.</summary>
    public void OnSent(Transfer transfer)
    {
        sent = transfer;
        if (IsLaterOfTwo() && TryTake(transfer)) Send();
    }

    private void Send()
    {
        do
        {
            while (TryNext())
            {
                if (!duplex.Send(left, out var transfer))
                {
                    source.Blocked();
                    // Another thread may have been told that the send has ended. What it would drain, the source would take for blocked.
                    if (!IsLaterOfTwo()) return;
                    transfer = sent;
                }
                if (!TryTake(transfer)) return;
            }
        }
        while (!TryRest());
    }

    private bool IsLaterOfTwo()
    {
        if (Interlocked.Increment(ref passed) < 2) return false;
        Volatile.Write(ref passed, 0);
        return true;
    }

    /// <summary>Stops sending, unless more has come meanwhile.</summary>
    private bool TryRest()
    {
        if (Interlocked.CompareExchange(ref state, Idle, Sending) == Sending) return true;
        // A full fence as well: what is looked for now, or whoever puts it in sees that nobody has been told.
        Interlocked.Exchange(ref state, Sending);
        return false;
    }

    private bool TryNext()
    {
        if (!left.IsEmpty) return true;
        if (!isClosing)
        {
            left = Take(ref pong) ?? Take(ref ping);
            if (!left.IsEmpty) return true;
            left = source.Peek();
            run = left.Length;
            if (run > 0) return true;
            Volatile.Write(ref replies, 0);
            if (Volatile.Read(ref close) is { } frame)
            {
                isClosing = true;
                left = frame;
                return true;
            }
        }
        if (finishing) Finish();
        return false;
    }

    private bool TryTake(Transfer transfer)
    {
        if (transfer.Error is not null)
        {
            // The sending state is kept: nothing more is sent. The receiving half sees the end and tells.
            if (run > 0) source.Advance(0);
            source.Close();
            duplex.Dispose();
            owner.OnBroken();
            Finish();
            return false;
        }
        left = left[transfer.Count..];
        if (!left.IsEmpty) return true;
        if (run > 0)
        {
            source.Advance(run);
            run = 0;
        }
        else if (isClosing)
        {
            isCloseSent = true;
            owner.OnCloseSent();
        }
        return true;
    }

    /// <summary>Nothing more is sent: the later of this and whoever has asked for it tells.</summary>
    private void Finish()
    {
        if (isDone) return;
        isDone = true;
        if (Interlocked.Increment(ref finished) == 2) owner.OnFinished();
    }

    private static byte[]? Take(ref byte[]? frame) => Volatile.Read(ref frame) is null ? null : Interlocked.Exchange(ref frame, null);

    // Any of 2^32, and not to be foretold (RFC 6455 section 5.3).
    private uint? NewMask()
    {
        if (!masked) return null;
        Span<byte> mask = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(mask);
        return BinaryPrimitives.ReadUInt32LittleEndian(mask);
    }
}
