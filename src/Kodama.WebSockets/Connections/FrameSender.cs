using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Kodama.WebSockets;

/// <summary>The sending half of a connection: one thread at a time takes runs of frames from the source and control frames between them.</summary>
internal sealed class FrameSender(Duplex duplex, IFrameSource source, bool masked, Action closeSent, Action broken)
{
    private const int Idle = 0;
    private const int Sending = 1;
    private const int SendingAndMore = 2;

    // As if somebody were sending, until the beginning.
    private int state = Sending;

    // What is left of the run or control frame being sent, and the size of the run, 0 for a control frame. A run is whole frames and is given
    // back to the source as one: whatever the source loses meanwhile, nothing goes between two halves of a frame.
    private ReadOnlyMemory<byte> left;
    private int run;

    private byte[]? pong;
    private byte[]? ping;
    private byte[]? close;
    private bool isClosing;
    private volatile bool isCloseSent;

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
                case SendingAndMore:
                case Sending when Interlocked.CompareExchange(ref state, SendingAndMore, Sending) == Sending:
                    return;
            }
        }
    }

    /// <summary>Answers a ping; of several that wait, only the last is answered (RFC 6455 section 5.5.3).</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        // A full fence: the thread that is sending looks for it after it was told that there is more.
        Interlocked.Exchange(ref pong, ControlFrame(Opcode.Pong, payload));
        Flush();
    }

    public void Ping()
    {
        Interlocked.Exchange(ref ping, ControlFrame(Opcode.Ping, []));
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

    /// <summary>A pending send has ended.</summary>
    public void OnSent(Transfer transfer)
    {
        if (TryTake(transfer)) Send();
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
                    return;
                }
                if (!TryTake(transfer)) return;
            }
        }
        while (!TryRest());
    }

    /// <summary>Stops sending, unless more has come meanwhile.</summary>
    private bool TryRest()
    {
        if (Interlocked.CompareExchange(ref state, Idle, Sending) == Sending) return true;
        Volatile.Write(ref state, Sending);
        return false;
    }

    private bool TryNext()
    {
        if (!left.IsEmpty) return true;
        if (isClosing) return false;
        left = Interlocked.Exchange(ref pong, null) ?? Interlocked.Exchange(ref ping, null);
        if (!left.IsEmpty) return true;
        left = source.Peek();
        run = left.Length;
        if (run > 0) return true;
        if (Volatile.Read(ref close) is not { } frame) return false;
        isClosing = true;
        left = frame;
        return true;
    }

    private bool TryTake(Transfer transfer)
    {
        if (transfer.Error is not null)
        {
            // The sending state is kept: nothing more is sent. The receiving half sees the end and tells.
            if (run > 0) source.Advance(0);
            source.Close();
            duplex.Dispose();
            broken();
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
            closeSent();
        }
        return true;
    }

    private byte[] ControlFrame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameWriter.HeaderSize(payload.Length, masked) + payload.Length];
        FrameWriter.Write(frame, opcode, payload, mask: NewMask());
        return frame;
    }

    // Any of 2^32, and not to be foretold (RFC 6455 section 5.3).
    private uint? NewMask()
    {
        if (!masked) return null;
        Span<byte> mask = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(mask);
        return BinaryPrimitives.ReadUInt32LittleEndian(mask);
    }
}
