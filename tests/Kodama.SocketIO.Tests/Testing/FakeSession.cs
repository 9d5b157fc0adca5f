using System.Text;
using System.Threading.Channels;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO.Tests;

#pragma warning disable CA1001 // A semaphore without wait handle has nothing to dispose of.
/// <summary>A session without a transport: what the handler has to send becomes messages, and tests send it messages. One call of the
/// handler at a time, as sessions promise.</summary>
internal sealed class FakeSession : EngineSession
{
    private readonly Channel<string> messages = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim calls = new(1);
    private readonly TaskCompletionSource<string> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IEngineHandler handler = null!;
    private int sending;
    private volatile string? closing;
    private int finished;
    private volatile bool isStalled;

    public FakeSession(SocketIOServer server, string query = "", EngineVersion version = EngineVersion.V4)
        : base(version, RequestOf(server, query, version))
    {
        handler = server.Accept(this);
        Flush();
    }

    public override string Transport => EngineTransport.WebSocket;

    public override bool TakesDeflated => false;

    public override bool IsWritable => !isStalled;

    /// <summary>Why it has ended.</summary>
    public Task<string> Closed => closed.Task;

    /// <summary>Throws away what comes, without a look: for tests that count bytes.</summary>
    public bool Discards { get; set; }

    /// <summary>The request that opens a session.</summary>
    public static HandshakeRequest RequestOf(SocketIOServer server, string query = "", EngineVersion version = EngineVersion.V4)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/socket.io/";
        context.Request.QueryString = new QueryString($"?EIO={(int)version}&transport=websocket{query}");
        return HandshakeRequest.Of(context, AuthenticationResult.Success, server.Hub.Time.GetUtcNow(), keepsHeaders: false);
    }

    /// <summary>Nothing is taken any more: what was sent is lost when it is cut.</summary>
    public void Stall() => isStalled = true;

    public override void Flush()
    {
        if (handler is null || isStalled || Interlocked.Increment(ref sending) != 1) return;
        do
        {
            var seen = Volatile.Read(ref sending);
            while (handler.Peek() is { IsEmpty: false } frames)
            {
                if (!Discards) Deliver(frames.Span);
                handler.Advance(frames.Length);
            }
            if (closing is not null) Finish();
            if (Interlocked.CompareExchange(ref sending, 0, seen) == seen) return;
        }
        while (true);
    }

    public override void Close(string reason = DisconnectReason.ForcedClose)
    {
        if (Interlocked.CompareExchange(ref closing, reason, null) is not null) return;
        if (isStalled) Finish();
        else Flush();
    }

    /// <summary>The client, or its connection, has gone.</summary>
    public Task CutAsync(string reason = DisconnectReason.TransportClose)
    {
        Stall();
        Close(reason);
        return Closed.Within();
    }

    /// <summary>Messages of the client that one read brought in; ends when they have been taken.</summary>
    public async Task SendAsync(params string[] texts)
    {
        await calls.WaitAsync();
        foreach (var text in texts)
        {
            if (closing is null) await handler.OnTextAsync(Encoding.UTF8.GetBytes(text));
        }
        if (closing is null) handler.OnReadCompleted();
        calls.Release();
    }

    public async Task SendAsync(byte[] bytes)
    {
        await calls.WaitAsync();
        if (closing is null) await handler.OnBinaryAsync(bytes);
        if (closing is null) handler.OnReadCompleted();
        calls.Release();
    }

    /// <summary>Without the locks that tests need: for measurements.</summary>
    public void SendNow(byte[] text, byte[] copy, int times)
    {
        for (var i = 0; i < times; i++)
        {
            text.CopyTo(copy, 0);
            var taken = handler.OnTextAsync(copy);
            if (!taken.IsCompletedSuccessfully) throw new InvalidOperationException("A relayed event had to wait.");
            if (i % 16 == 0) handler.OnReadCompleted();
        }
        handler.OnReadCompleted();
    }

    /// <summary>The next message to the client, text as it is and binary as <c>b:</c> and hexadecimal digits.</summary>
    public Task<string> ReadAsync() => messages.Reader.ReadAsync().Within();

    /// <summary>What has come and was not read.</summary>
    public List<string> ReadAll()
    {
        var all = new List<string>();
        while (messages.Reader.TryRead(out var message)) all.Add(message);
        return all;
    }

    private void Deliver(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var length = frames[1] & 0x7F;
            var header = length switch { 126 => 4, 127 => 10, _ => 2 };
            if (length == 126) length = frames[2] << 8 | frames[3];
            else if (length == 127) length = (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(frames[2..]);
            var payload = frames.Slice(header, length);
            if ((frames[0] & 0xF) == 2)
                messages.Writer.TryWrite("b:" + Convert.ToHexString(Version == EngineVersion.V3 ? payload[1..] : payload));
            else if (payload[0] == '4') messages.Writer.TryWrite(Encoding.UTF8.GetString(payload[1..]));
            frames = frames[(header + length)..];
        }
    }

    private void Finish()
    {
        if (Interlocked.Exchange(ref finished, 1) != 0) return;
        _ = Task.Run(async () =>
        {
            handler.OnEnding();
            await calls.WaitAsync();
            handler.Close();
            handler.OnReadCompleted();
            handler.OnClosed(closing!);
            calls.Release();
            messages.Writer.TryComplete();
            closed.TrySetResult(closing!);
        });
    }

}
