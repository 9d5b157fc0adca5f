using Kodama.Cli.Scan;
using Kodama.Discovery;

namespace Kodama.Cli.Tests.Scan;

public sealed class HubRowsTests
{
    private readonly HubRows rows = new();

    [Fact]
    public void Apply_FoundChangedLost_IsHereThenGone()
    {
        rows.Apply(new(HubChangeKind.Found, Hub("1", "Lounge")));
        rows.Apply(new(HubChangeKind.Changed, Hub("1", "Attic")));
        Assert.Equal(("Attic", true), (rows.Shown[0].Hub.Name, rows.Shown[0].IsHere));

        rows.Apply(new(HubChangeKind.Lost, Hub("1", "Attic")));

        Assert.Equal(("Attic", false), (rows.Shown[0].Hub.Name, rows.Shown[0].IsHere));
        Assert.Equal(1, rows.Found);
    }

    [Fact]
    public void Apply_BackAfterARestart_IsNoLongerGone()
    {
        rows.Apply(new(HubChangeKind.Found, Hub("1", "Lounge")));
        rows.Apply(new(HubChangeKind.Lost, Hub("1", "Lounge")));

        rows.Apply(new(HubChangeKind.Found, Hub("2", "Lounge")));

        Assert.True(Assert.Single(rows.Shown).IsHere);
    }

    [Fact]
    public void Apply_MoreGoneThanKept_ForgetsTheOldest()
    {
        for (var i = 0; i < 20; i++) rows.Apply(new(HubChangeKind.Lost, Hub($"{i}", $"{i}")));

        Assert.Equal(["19", "18", "17", "16", "15", "14", "13", "12"], rows.Shown.Select(r => r.Hub.Id));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void Table_OfALongName_HasTheWholeAddress(int width)
    {
        rows.Apply(new(HubChangeKind.Found, Hub("1", "The long name of a hub in the lounge upstairs")));

        var lines = HubTable.Lines(rows, width).ToList();

        Assert.Contains(lines, line => line.Contains("http://192.168.1.20:8080", StringComparison.Ordinal));
        if (width == 40) Assert.Equal(["The long name of a hub in the lounge up", "stairs"], lines[..2]);
        Assert.All(lines, line => Assert.InRange(Kodama.Cli.Terminals.Columns.Of(Plain(line)), 0, width - 1));
    }

    private static string Plain(string line) =>
        line.Replace("\e[1m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal);

    private static FoundHub Hub(string id, string name) =>
        new() { Id = id, Name = name, Addresses = [new Uri("http://192.168.1.20:8080/")] };
}
