using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>How tokens are made, listed and revoked, and what is kept of them.</summary>
public sealed class TokenFolderTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly FakeClock clock = new();
    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("kodama-tokens-").FullName, "tokens");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    [Fact]
    public void Folder_IsMadeOnce_ForItsOwnerAlone()
    {
        var made = Open();

        Assert.Equal(made.Key, Open().Key);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        foreach (var file in Directory.GetFiles(folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["issued", "key", "lock", "revoked"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Key_ThatOthersCanRead_IsRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        Open();
        File.SetUnixFileMode(FileOf("key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    public void Key_ThatIsDamaged_IsRefused_AndNotReplaced(string key)
    {
        Open();
        File.WriteAllText(FileOf("key"), key);

        Assert.Throws<InvalidDataException>(Open);
        Assert.Equal(key, File.ReadAllText(FileOf("key")));
    }

    [Fact]
    public void Token_IsKeptNowhere_AndListedUntilItExpires()
    {
        var (token, says) = Open().Create("Anna", ["lobby"], TokenRights.Read, Day);
        Open().Create("Ben", [], TokenRights.Admin, Day * 2);

        Assert.DoesNotContain(token.Split('.')[2], File.ReadAllText(FileOf("issued")), StringComparison.Ordinal);
        Assert.Equal(["Anna", "Ben"], Open().List(out _).Select(issued => issued.Token.Name));
        Assert.Equal(says.Id, Open().List(out _)[0].Token.Id);
        clock.Advance(Day);
        Assert.Equal(["Ben"], Open().List(out _).Select(issued => issued.Token.Name));
    }

    [Fact]
    public void Revoke_OnceAndForEver()
    {
        var (_, says) = Open().Create("Anna", [], TokenRights.Write, Day);

        Assert.True(Open().Revoke(says.Id));
        Assert.False(Open().Revoke(says.Id));
        Assert.True(Open().Revoke("of-another-server"));
        Assert.True(Assert.Single(Open().List(out _)).IsRevoked);
        Assert.Throws<ArgumentException>(() => Open().Revoke("two\nlines"));
    }

    /// <summary>A line that was not written to its end must not swallow the next.</summary>
    [Fact]
    public void Revoke_BehindHalfALine_IsALineOfItsOwn()
    {
        var (_, says) = Open().Create("Anna", [], TokenRights.Write, Day);
        File.AppendAllText(FileOf("revoked"), "3f9c");

        Assert.True(Open().Revoke(says.Id));
        Assert.True(Assert.Single(Open().List(out _)).IsRevoked);
    }

    [Theory]
    [InlineData("", "lobby", 60)]
    [InlineData("A\u0007", "lobby", 60)]
    [InlineData("Anna", "", 60)]
    [InlineData("Anna", "lobby", 0)]
    [InlineData("Anna", "lobby", -1)]
    [InlineData("Anna", "lobby", 400_000_000)]
    public void Create_WhatNoTokenCanSay_IsRefused(string name, string room, int seconds)
    {
        Assert.Throws<ArgumentException>(() => Open().Create(name, [room], TokenRights.Write, TimeSpan.FromSeconds(seconds)));
        Assert.Empty(Open().List(out _));
    }

    [Fact]
    public void Create_LongerThanAHubReads_IsRefused()
    {
        var rooms = Enumerable.Range(0, PersonToken.MostRooms).Select(i => $"{i}{new string('r', 250)}");
        Assert.Throws<ArgumentException>(() => Open().Create("Anna", rooms, TokenRights.Write, Day));
    }

    [Fact]
    public void File_OfRevoked_ThatIsDamaged_IsSaid_AndTakesMore()
    {
        var opened = Open();
        var (_, says) = opened.Create("Anna", [], TokenRights.Write, Day);
        File.WriteAllText(FileOf("revoked"), "no id!\n");

        Assert.Contains(FileOf("revoked"), Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
        Assert.True(opened.Revoke(says.Id));
        Assert.Contains(says.Id, opened.Revoked().Ids);
    }

    /// <summary>What is for people to read must not stand in the way of who has to revoke.</summary>
    [Fact]
    public void File_OfIssued_ThatIsTorn_IsPassedOver()
    {
        Open();
        File.AppendAllText(FileOf("issued"), "{\"jti");
        var (_, says) = Open().Create("Anna", [], TokenRights.Write, Day);

        Assert.Equal(says.Id, Assert.Single(Open().List(out var unread)).Token.Id);
        Assert.Equal(1, unread);
    }

    [Fact]
    public async Task Revoke_ByManyAtOnce_LosesNone()
    {
        Open();
        string[] ids = [.. Enumerable.Range(0, 64).Select(i => $"id-{i:00}")];

        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (id, _) =>
        {
            TokenFolder.Find(folder, clock)!.Revoke(id);
            return ValueTask.CompletedTask;
        });

        Assert.Equal(ids, Open().Revoked().Ids.Order());
    }

    [Fact]
    public void Find_WhereNoneWasMade_MakesNone()
    {
        Assert.Null(TokenFolder.Find(folder, clock));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Folder_ThatOthersCanWrite_IsRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        Open();
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite);

        Assert.Contains("chmod 700", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    private TokenFolder Open() => TokenFolder.Open(folder, clock);

    private string FileOf(string name) => Path.Combine(folder, name);
}
