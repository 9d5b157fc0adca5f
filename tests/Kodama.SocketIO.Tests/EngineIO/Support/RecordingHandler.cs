using System.Text;
using System.Threading.Channels;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>The layer above a session in tests: keeps what it is told, sends what it is asked to, and notices what must not
/// happen.</summary>
internal sealed class RecordingHandler(EngineSession session) : IEngineHandler
{
    private readonly Outbox outbox = new(new OutboxOptions { MaxBytes = 64 * 1024 * 1024, MaxFrames = 1_000_000 });
    private readonly Channel<string> received = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inside;
    private int pulls;
    private volatile bool isClosed;

    public EngineSession Session => session;

    /// <summary>Whether messages go back as they came.</summary>
    public bool Echoes { get; set; } = true;

    public Action<byte[]>? OnBinary { get; set; }

    /// <summary>Waited for with each text.</summary>
    public Func<string, Task>? OnText { get; set; }

    /// <summary>A fault when frames are taken.</summary>
    public Exception? PeekFault { get; set; }

    /// <summary>A fault when nothing more is taken.</summary>
    public Exception? CloseFault { get; set; }

    public bool HasJoined { get; set; } = true;

    public int Endings { get; private set; }

    public int Upgrades { get; private set; }

    public int Reads { get; private set; }

    /// <summary>The first thing that must not have happened.</summary>
    public string? Violation { get; private set; }

    public Task<string> Closed => closed.Task.Within();

    public bool IsClosed => isClosed;

    /// <summary>Messages received and not read by the test.</summary>
    public int Received => received.Reader.Count;

    public async Task<string> ReceiveAsync() => await received.Reader.ReadAsync().AsTask().Within();

    public void Send(string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var frame = Frame.Rent(EnginePacketWriter.TextSize(data.Length));
        EnginePacketWriter.WriteText(frame.Span, EnginePacketType.Message, data);
        Enqueue(frame);
    }

    public void Send(byte[] data)
    {
        var frame = Frame.Rent(EnginePacketWriter.BinarySize(session.Version, data.Length));
        EnginePacketWriter.WriteBinary(frame.Span, session.Version, data);
        Enqueue(frame);
    }

    public async ValueTask OnTextAsync(ReadOnlyMemory<byte> packet)
    {
        Enter();
        try
        {
            var text = Encoding.UTF8.GetString(packet.Span);
            if (OnText is not null) await OnText(text);
            received.Writer.TryWrite(text);
            if (Echoes) Send(text);
        }
        finally
        {
            Leave();
        }
    }

    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        Enter();
        received.Writer.TryWrite("b" + Convert.ToHexString(bytes.Span));
        OnBinary?.Invoke(bytes.ToArray());
        if (Echoes) Send(bytes.ToArray());
        Leave();
        return default;
    }

    public void OnReadCompleted()
    {
        Enter();
        Reads++;
        Leave();
    }

    public void OnUpgraded()
    {
        Enter();
        Upgrades++;
        Leave();
    }

    public void OnEnding()
    {
        if (isClosed) Violation ??= "OnEnding after OnClosed";
        Endings++;
    }

    public void OnClosed(string reason)
    {
        Enter();
        if (!closed.TrySetResult(reason)) Violation ??= "OnClosed twice";
        isClosed = true;
        Leave();
    }

    ReadOnlyMemory<byte> Kodama.WebSockets.IFrameSource.Peek()
    {
        if (PeekFault is not null) throw PeekFault;
        if (Interlocked.Increment(ref pulls) != 1) Violation ??= "two peeks at once";
        var bytes = outbox.Peek();
        if (bytes.IsEmpty) Interlocked.Decrement(ref pulls);
        return bytes;
    }

    void Kodama.WebSockets.IFrameSource.Advance(int count)
    {
        outbox.Advance(count);
        Interlocked.Decrement(ref pulls);
    }

    void Kodama.WebSockets.IFrameSource.Blocked() => outbox.Blocked();

    bool Kodama.WebSockets.IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => outbox.TryAppend(frame);

    void Kodama.WebSockets.IFrameSource.Complete() => outbox.Complete();

    void Kodama.WebSockets.IFrameSource.Close()
    {
        outbox.Close();
        if (CloseFault is not null) throw CloseFault;
    }

    private void Enqueue(in Frame frame)
    {
        var result = outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
        frame.Release();
        if (result == EnqueueResult.QueuedFirst) session.Flush();
    }

    private void Enter()
    {
        if (isClosed) Violation ??= "told of something after OnClosed";
        if (Interlocked.Increment(ref inside) != 1) Violation ??= "told of two things at once";
    }

    private void Leave() => Interlocked.Decrement(ref inside);
}
