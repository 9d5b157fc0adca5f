namespace Kodama.Sqlite.Tests;

/// <summary>
/// What a kill cannot show, as it leaves the system's cache alone: that an acknowledgement stands behind its fsync; and disks that fail.
/// </summary>
public sealed class TraceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Log => Path.Combine(folder.Path, "trace");

    private string Wal => Path.Combine(folder.Path, "rooms.db-wal");

    [Fact]
    public async Task Acknowledgement_OfEachMessage_StandsBehindTheFsyncOfWhatWasWritten()
    {
        using var child = Trace(publishers: 1, count: 50, "-y", "-e", "trace=pwrite64,fsync,fdatasync,write");
        await child.ReadToEndAsync();

        var (isWritten, isSynced, acknowledged) = (false, false, 0);
        foreach (var line in await File.ReadAllLinesAsync(Log, TestContext.Current.CancellationToken))
        {
            if (line.Contains("pwrite64(", StringComparison.Ordinal) && line.Contains("rooms.db-wal", StringComparison.Ordinal)) (isWritten,
                isSynced) = (true, false);
            else if (IsSync(line) && line.EndsWith("= 0", StringComparison.Ordinal)) isSynced = true;
            if (!line.Contains("write(", StringComparison.Ordinal) || !line.Contains("\"ack ", StringComparison.Ordinal)) continue;
            Assert.True(isWritten && isSynced, $"An acknowledgement came before the fsync: {line}");
            (isWritten, isSynced) = (false, false);
            acknowledged++;
        }
        Assert.Equal(50, acknowledged);
    }

    [Theory]
    [InlineData("fsync,fdatasync:error=EIO:when=20+25")]
    [InlineData("fsync,fdatasync:error=EIO:when=10..14")]
    [InlineData("pwrite64:error=ENOSPC:when=60..120")]
    [InlineData("pwrite64:error=EIO:when=60+90")]
    public async Task Disk_ThatFailsForAWhile_LosesNothingAcknowledged(string fault)
    {
        using var child = Trace(publishers: 4, count: 40, "-P", Wal, "-e", $"trace={fault.Split(':')[0]}", "-e", $"inject={fault}");
        await child.ReadToEndAsync();

        Assert.Contains("(INJECTED)", await File.ReadAllTextAsync(Log, TestContext.Current.CancellationToken));
        Assert.Equal(160, child.Told.Count(line => line.Word == "ack"));
        Assert.Equal(160, child.Told.Count(line => line.Word == "seen"));
        if (fault.Contains("ENOSPC", StringComparison.Ordinal)) Assert.Contains(child.Told, line =>
            line.Word == nameof(RefusalCode.NotKept));
        Assert.Equal(160, (await new Ledger(folder.Path).CheckAsync(child.Told)).Count);
    }

    public void Dispose() => folder.Dispose();

    private Child Trace(int publishers, int count, params string[] what)
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed: apt-get install strace.");
        return Child.Start(folder.Path, publishers, count, ["/usr/bin/strace", "-f", "-qq", "-s", "80", "-o", Log, .. what]);
    }

    private static bool IsSync(string line) =>
        (line.Contains("sync(", StringComparison.Ordinal) && line.Contains("rooms.db-wal", StringComparison.Ordinal))
            || line.Contains("sync resumed>", StringComparison.Ordinal);
}
