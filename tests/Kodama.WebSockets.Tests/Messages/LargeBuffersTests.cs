namespace Kodama.WebSockets.Tests;

public sealed class LargeBuffersTests
{
    private const int Kib = 1024;
    private const int Mib = 1024 * 1024;

    [Theory]
    [InlineData(64 * Kib + 10, 4 * Kib)]
    [InlineData(128 * Kib, 0)]
    [InlineData(300 * Kib, 64 * Kib)]
    [InlineData(Mib + 10, 64 * Kib)]
    [InlineData(16 * Mib + 10, 64 * Kib)]
    public void Array_ThatIsLarge_IsHardlyLargerThanAskedFor(int size, int more) =>
        Assert.InRange(new LargeBuffers(32 * Mib).Rent(size).Length, size, size + more);

    [Fact]
    public void Array_GivenBack_IsUsedAgainForWhatIsAboutAsLarge()
    {
        var buffers = new LargeBuffers(32 * Mib);
        var array = buffers.Rent(2 * Mib);
        buffers.Return(array);

        Assert.NotSame(array, buffers.Rent(Mib));
        Assert.NotSame(array, buffers.Rent(3 * Mib / 2));
        Assert.NotSame(array, buffers.Rent(2 * Mib + 1));
        Assert.Same(array, buffers.Rent(7 * Mib / 4));
        Assert.NotSame(array, buffers.Rent(2 * Mib));
    }

    [Fact]
    public void Arrays_GivenBack_AreKeptUpToTheBoundAndTheLatestOnly()
    {
        var buffers = new LargeBuffers(4 * Mib);
        var arrays = Enumerable.Range(0, 6).Select(_ => buffers.Rent(Mib)).ToArray();
        foreach (var array in arrays) buffers.Return(array);
        buffers.Return(new byte[5 * Mib]);

        var again = Enumerable.Range(0, 6).Select(_ => buffers.Rent(Mib)).ToArray();

        Assert.Equal(arrays.Reverse().Take(4), again.Take(4));
        Assert.Empty(again.Skip(4).Intersect(arrays));
    }

    [Fact]
    public void Message_ThatIsLarge_ComesWholeInWhateverArray()
    {
        using var reader = new MessageReader(WebSocketRole.Client, new MessageReaderOptions { MaxMessageSize = 4 * Mib });
        byte[] payload = [.. Enumerable.Range(0, 3 * Mib).Select(i => (byte)i)];
        var frame = new byte[FrameWriter.MaxHeaderSize + payload.Length];
        var length = FrameWriter.Write(frame, Opcode.Binary, payload);

        Assert.Equal([Seen.Binary(payload)], Wire.Feed(reader, frame[..length].Chunk(64 * Kib)));
    }
}
