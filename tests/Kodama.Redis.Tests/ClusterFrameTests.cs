namespace Kodama.Redis.Tests;

public class ClusterFrameTests
{
    [Fact]
    public void Frame_IsReadAsItWasWritten()
    {
        var written = new ClusterFrame("a1B2_-", 17, ulong.MaxValue - 1, new byte[] { 9, 8 }).Write();
        var read = ClusterFrame.Read(written)!.Value;
        Assert.Equal(("a1B2_-", (byte)17, ulong.MaxValue - 1), (read.Sender, read.Kind, read.Number));
        Assert.Equal([9, 8], read.What.ToArray());
        for (var length = 0; length < written.Length - 2; length++) Assert.Null(ClusterFrame.Read(written.AsMemory(0, length)));
    }

    [Fact]
    public void Frame_OfASenderThatIsNone_IsNotRead()
    {
        foreach (var sender in (string[])["", "a b", "a\n", new string('a', 33)])
            Assert.Null(ClusterFrame.Read(new ClusterFrame(sender, 1, 0, default).Write()));
        Assert.Null(ClusterFrame.Read(new ClusterFrame("a", 1, 0, new byte[ICluster.MostBytes + 1]).Write()));
    }
}
