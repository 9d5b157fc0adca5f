namespace Kodama.Sqlite.Tests;

/// <summary>A commit of which it is not known whether the file has it.</summary>
public sealed class OutcomeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Stop_WhileAnOutcomeIsNotKnown_TellsSo()
    {
        var engine = new SqliteEngine(folder.Path);
        var yui = await new Hub(engine: engine).ComeAsync();
        await yui.SayAsync("kept").SettledAsync();
        Sabotage.FailCommits(engine);
        Sabotage.FailReopening(engine);
        var unknown = await yui.SayAsync("unknown");
        await Settling.UntilAsync(() => engine.File.Writer is null);
        var behind = await yui.SayAsync("behind it");

        await engine.DisposeAsync();

        Assert.Equal(RefusalCode.OutcomeUnknown, (await unknown.SettledAsync()).Code);
        Assert.Equal(RefusalCode.NotKept, (await behind.SettledAsync()).Code);
    }

    [Fact]
    public async Task File_ThatCouldBeOpenedButNotRead_IsNotWrittenToBeforeItIs()
    {
        await using var engine = new SqliteEngine(folder.Path);
        var yui = await new Hub(engine: engine).ComeAsync();
        await yui.SayAsync("first").SettledAsync();
        // As a sweep leaves it whose commit is on the disk, though the device said no.
        using (var other = new Database(engine.Path)) other.Execute("UPDATE rooms SET trimmed = 1");
        engine.File.Close();
        using (Sabotage.FailReading(engine)) Assert.Equal(RefusalCode.NotKept, (await yui.SayAsync("unread").SettledAsync()).Code);

        await yui.SayAsync("second").SettledAsync();

        Assert.Equal((1, 2), engine.File.Read(reader => reader.Find("lobby")!.Value.Row) is var row ? (row.Trimmed, row.Last) : default);
        Assert.Equal(1, yui.Room.Store!.Trimmed);
    }

    public void Dispose() => folder.Dispose();
}
