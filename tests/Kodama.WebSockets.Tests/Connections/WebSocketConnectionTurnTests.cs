using System.Buffers;
using System.IO.Compression;
using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>A compressed message is work that others on the thread wait for: it takes as many turns as it is worth.</summary>
public class WebSocketConnectionTurnTests
{
    private static readonly DeflateParameters Agreed = new(true, true);

    [Fact]
    public async Task Message_ThatInflatesForLong_TakesSeveralTurns()
    {
        var it = Started();

        // A kilobyte that becomes 1 MiB: at 64 KiB a turn these are some ten, each ended as a read is, so that what it brought is flushed.
        it.Duplex.Arrive(Compressed(new byte[1 << 20]));
        await Deadline.UntilAsync(() => it.Duplex.IsReceiving && it.Handler.Messages.Count == 1);

        Assert.InRange(it.Handler.ReadsCompleted, 8, 12);
        Assert.Equal(1 << 20, it.Handler.Messages[0].Length);
    }

    [Fact]
    public async Task Message_LargerThanARead_IsNotGatheredOnTheThreadThatOthersWaitFor()
    {
        var it = Started();
        var handledOn = 0;
        it.Handler.Handle = _ =>
        {
            handledOn = Environment.CurrentManagedThreadId;
            return ValueTask.CompletedTask;
        };

        var thread = new Thread(() => it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Binary, new byte[1 << 20])));
        thread.Start();
        thread.Join();
        await Deadline.UntilAsync(() => it.Duplex.IsReceiving && it.Handler.Messages.Count == 1);

        Assert.NotEqual(thread.ManagedThreadId, handledOn);
        Assert.Equal(1 << 20, it.Handler.Messages[0].Length);
        Assert.False(it.Duplex.HoldsBuffer);
    }

    [Fact]
    public async Task Message_BehindOneThatPaused_IsHandledAfterIt()
    {
        var it = Started();

        it.Duplex.Arrive([.. Compressed(new byte[1 << 20]), .. ConnectionFixture.Frame(Opcode.Text, "behind"u8)]);
        await Deadline.UntilAsync(() => it.Duplex.IsReceiving && it.Handler.Messages.Count == 2);

        Assert.Equal("behind", it.Handler.Messages[1]);
    }

    [Fact]
    public void Message_OfCodesForNoData_ClosesWith1009()
    {
        var it = Started();
        byte[] blocks = Bits.Of(string.Concat(Enumerable.Repeat($"{Bits.OwnCodes} 0 1111111 0 1101011 10 10 0", 100)));

        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Binary, blocks, compressed: true));

        Assert.Equal("03F1", Hex.Of(it.Duplex.Sent.AsSpan(2, 2).ToArray()));
        Assert.Empty(it.Handler.Messages);
    }

    private static byte[] Compressed(byte[] message)
    {
        var output = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, output, CompressionLevel.SmallestSize);
        return ConnectionFixture.Frame(Opcode.Binary, output.WrittenSpan, compressed: true);
    }

    private static ConnectionFixture Started()
    {
        var it = new ConnectionFixture(deflate: Agreed);
        it.Connection.Start();
        return it;
    }
}
