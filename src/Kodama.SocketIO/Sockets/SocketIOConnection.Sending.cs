using Kodama.WebSockets;

namespace Kodama.SocketIO;

internal sealed partial class SocketIOConnection
{
    // What the connection itself answers: refusals of namespaces, pongs.
    private Outbox? answers;
    private Outbox? peeked;
    private int turn;
    private bool isBlocked;

    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        var waiting = Volatile.Read(ref sockets);
        if (answers is not null && TryPeek(answers, out var bytes)) return bytes;
        for (var i = 0; i < waiting.Length; i++)
        {
            var at = (turn + i) % waiting.Length;
            // Looked at first: what a socket says at its end is in its outbox before it is over.
            var isOver = waiting[at].IsOver;
            if (TryPeek(waiting[at].Peer!.Outbox, out bytes))
            {
                turn = at + 1;
                return bytes;
            }
            if (isOver) Forget(waiting[at]);
        }
        isBlocked = false;
        return default;
    }

    void IFrameSource.Advance(int count) => peeked?.Advance(count);

    void IFrameSource.Blocked()
    {
        // Of every socket: what comes for any of them waits.
        isBlocked = true;
        foreach (var socket in Volatile.Read(ref sockets)) socket.Peer!.Outbox.Blocked();
    }

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => Answers().TryAppend(frame);

    void IFrameSource.Complete()
    {
        answers?.Complete();
        foreach (var socket in Volatile.Read(ref sockets)) socket.Peer!.Outbox.Complete();
    }

    void IFrameSource.Close()
    {
        answers?.Close();
        foreach (var socket in Volatile.Read(ref sockets)) socket.Peer!.Outbox.Close();
    }

    private Outbox Answers()
    {
        lock (gate) return answers ??= new Outbox(server.Hub.Options.Outbox, server.Hub.OutboxBudget);
    }

    private bool TryPeek(Outbox outbox, out ReadOnlyMemory<byte> bytes)
    {
        bytes = outbox.Peek();
        if (bytes.IsEmpty) return false;
        peeked = outbox;
        if (isBlocked) outbox.Blocked();
        return true;
    }

    /// <summary>A socket that has ended, and has sent what it had to.</summary>
    private void Forget(SocketIOSocket socket)
    {
        lock (gate) Volatile.Write(ref sockets, Array.FindAll(sockets, s => s != socket));
        socket.Peer!.Outbox.Close();
    }
}
