namespace Kodama.WebSockets.Tests;

public class MessageReaderAllocationTests
{
    private const int Reads = 10_000;

    [Theory]
    [InlineData(Opcode.Text)]
    [InlineData(Opcode.Binary)]
    [InlineData(Opcode.Ping)]
    public void Read_FrameOf64Bytes_AllocatesNothing(Opcode opcode)
    {
        byte[] frame = Frame(opcode, fin: true);
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default);
        Assert.Equal(0, AllocatedBy(() => Read(reader, frame, frame.Length)));
    }

    [Fact]
    public void Read_FrameInTwoPieces_AllocatesNothing()
    {
        byte[] frame = Frame(Opcode.Text, fin: true);
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default);
        Assert.Equal(0, AllocatedBy(() => Read(reader, frame, 30)));
    }

    [Fact]
    public void Read_CompressedFrame_AllocatesNothing()
    {
        byte[] frame = Hex.Bytes("C1 87 00000000 F248CDC9C90700");
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default, new DeflateParameters(true, true));
        Assert.Equal(0, AllocatedBy(() => Read(reader, frame, frame.Length)));
    }

    [Fact]
    public void Reader_Idle_IsSmall()
    {
        long size = AllocatedBy(static () => GC.KeepAlive(new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default))) / Reads;
        Assert.InRange(size, 1, 144);
    }

    private static byte[] Frame(Opcode opcode, bool fin)
    {
        byte[] frame = new byte[6 + 64];
        // A mask of zero leaves the frame as it is, so that it can be read again and again.
        FrameWriter.Write(frame, opcode, Enumerable.Repeat((byte)'k', 64).ToArray(), fin, mask: 0);
        return frame;
    }

    private static void Read(MessageReader reader, byte[] frame, int firstPiece)
    {
        ReadEvent answered = reader.Read(frame.AsMemory(0, firstPiece), out _);
        if (firstPiece < frame.Length)
            answered = reader.Read(frame.AsMemory(firstPiece), out _);
        if (answered == ReadEvent.NeedMore || reader.Read(default, out _) != ReadEvent.NeedMore)
            Assert.Fail("The frame is not read as a whole.");
    }

    private static long AllocatedBy(Action action)
    {
        for (int i = 0; i < 100; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Reads; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
