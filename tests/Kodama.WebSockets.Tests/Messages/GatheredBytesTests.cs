namespace Kodama.WebSockets.Tests;

public sealed class GatheredBytesTests
{
    private const int Kib = 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(4 * Kib)]
    [InlineData(100 * Kib)]
    [InlineData(128 * Kib)]
    [InlineData(300 * Kib)]
    public void Bytes_InPiecesOfAnySize_AreJoinedInOrder(int size)
    {
        var all = Pattern(700 * Kib);
        var bytes = new GatheredBytes();
        foreach (var piece in all.Chunk(size)) bytes.Append(piece);

        Assert.Equal(all.Length, bytes.Length);
        Assert.InRange(bytes.Capacity, all.Length, all.Length + (128 * Kib));
        Assert.Equal(all, bytes.Join().ToArray());
        Assert.Equal(all, bytes.Join().ToArray());
        bytes.Return();
        Assert.Equal((0, 0), (bytes.Length, bytes.Capacity));
    }

    [Fact]
    public void Capacity_IsWhatIsHeld_AndNoMoreThanTwiceWhatThereIs()
    {
        var bytes = new GatheredBytes();
        bytes.Append(Pattern(100 * Kib));
        bytes.Append(Pattern(28 * Kib));
        Assert.Equal(128 * Kib, bytes.Capacity);

        bytes.Append(Pattern(1));
        Assert.Equal(256 * Kib, bytes.Capacity);

        // A control frame that does not fit behind the piece takes it along, into an array that may be larger by a quarter.
        bytes.Append(Pattern((128 * Kib) - 10));
        bytes.AppendWhole(Pattern(125));
        _ = bytes.TakeLast(125);
        bytes.Append(Pattern(100));
        Assert.InRange(bytes.Capacity, (3 * 128 * Kib) + 1, (3 * 128 * Kib) + (40 * Kib));
        bytes.Return();
    }

    [Fact]
    public void Bytes_AppendedWhole_AreTakenOffOverASeam()
    {
        var all = Pattern(300 * Kib);
        var control = Pattern(125);
        var bytes = new GatheredBytes();
        foreach (var piece in all.Chunk((128 * Kib) - 10))
        {
            bytes.Append(piece);
            bytes.AppendWhole(control.AsSpan(0, 100));
            bytes.AppendWhole(control.AsSpan(100));
            Assert.Equal(control, bytes.TakeLast(control.Length).ToArray());
        }

        Assert.Equal(all, bytes.Join().ToArray());
        bytes.Return();
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
}
