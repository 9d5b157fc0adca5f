namespace Kodama.Sqlite.Tests;

/// <summary>Folders that cannot be used: each says which, what is wrong, and what to do.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string File => Path.Combine(folder.Path, "rooms.db");

    [Fact]
    public void Folder_OfAHubThatRuns_IsRefused()
    {
        using (new SqliteEngine(folder.Path)) Refused("belongs to a hub that runs: stop it");

        new SqliteEngine(folder.Path).Dispose();
    }

    [Fact]
    public void Folder_ThatIsAFile_IsRefused()
    {
        System.IO.File.WriteAllText(File, "");

        var exception = Assert.Throws<EngineException>(() => new SqliteEngine(Path.Combine(File, "data")));
        Assert.Contains("give a folder that this user may write", exception.Message);
    }

    [Fact]
    public void File_OfANewerForm_IsRefused()
    {
        new SqliteEngine(folder.Path).Dispose();
        Change("PRAGMA user_version = 99");

        Refused("newer Kodama (form 99; this one knows 1): update it");
    }

    [Fact]
    public void File_OfAnotherProgram_IsRefusedAndLetBe()
    {
        Change("CREATE TABLE theirs (a)");
        var before = System.IO.File.ReadAllBytes(File);

        Refused("another program's file");
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void File_ThatIsNone_IsRefusedAndLetBe()
    {
        var garbage = Enumerable.Repeat((byte)'x', 10_000).ToArray();
        System.IO.File.WriteAllBytes(File, garbage);

        Refused("is damaged");
        Assert.Equal(garbage, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public async Task File_DamagedInTheMiddle_FailsTheRoomsThatItConcerns()
    {
        await using (var engine = new SqliteEngine(folder.Path))
        {
            var room = (await new Hub(engine: engine).ComeAsync()).Room;
            for (var i = 0; i < 100; i++) await room.Send(new string('x', 1000)).SettledAsync();
        }
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes.AsSpan(4096 * 2).Fill(0xAA);
        System.IO.File.WriteAllBytes(File, bytes);

        var exception = await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await using var engine = new SqliteEngine(folder.Path);
            await new Hub(engine: engine).ListenAsync("lobby").GetAsyncEnumerator().MoveNextAsync();
        });
        Assert.Contains(File, exception.Message);
        Assert.Contains("is damaged", exception.Message);
    }

    [Fact]
    public async Task Folder_OfAHub_IsNobodyElsesToRead()
    {
        if (OperatingSystem.IsWindows()) return;
        var path = Path.Combine(folder.Path, "above", "data");
        var logger = new RecordingLogger<SqliteEngine>();
        await using var engine = new SqliteEngine(path, logger: logger);
        await (await new Hub(engine: engine).ComeAsync()).Room.Send("secret").SettledAsync();

        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Mine | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(path));
        var files = Directory.GetFiles(path);
        Assert.Equal(4, files.Length);
        foreach (var file in files) Assert.Equal((file, Mine), (file, System.IO.File.GetUnixFileMode(file)));
        Assert.Empty(logger.Entries);
    }

    [Fact]
    public void File_ThatOthersMayRead_IsWarnedOf()
    {
        if (OperatingSystem.IsWindows()) return;
        new SqliteEngine(folder.Path).Dispose();
        System.IO.File.SetUnixFileMode(folder.Path, System.IO.File.GetUnixFileMode(folder.Path) | UnixFileMode.OtherExecute);
        System.IO.File.SetUnixFileMode(File, System.IO.File.GetUnixFileMode(File) | UnixFileMode.OtherRead);
        var logger = new RecordingLogger<SqliteEngine>();

        new SqliteEngine(folder.Path, logger: logger).Dispose();

        Assert.Contains($"{File} can be read by other users", Assert.Single(logger.Entries).Text);
    }

    public void Dispose() => folder.Dispose();

    private void Refused(string why)
    {
        var exception = Assert.Throws<EngineException>(() => new SqliteEngine(folder.Path));
        Assert.Contains(folder.Path, exception.Message);
        Assert.Contains(why, exception.Message);
    }

    private void Change(string sql)
    {
        using var database = new Database(File);
        database.Execute(sql);
    }
}
