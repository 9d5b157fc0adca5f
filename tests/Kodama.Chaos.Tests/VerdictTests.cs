namespace Kodama.Chaos.Tests;

/// <summary>A run that cannot find anything finds nothing: what a verdict sees.</summary>
public sealed class VerdictTests
{
    private static readonly string[] Hall = ["1 ao 0", "2 yui 0", "3 mark 1", "4 yui 1", "6 ao end", "7 yui end"];

    private static readonly Notes Ao = new(
        "ao", 2, ["1 ao 0", "6 ao end"], [], ["2 yui 0", "3 mark 1", "4 yui 1", "7 yui end"], [], [1, 2, 3, 4], [], ["yui", "ao"],
        new Dictionary<string, string> { ["ao"] = "end", ["yui"] = "end" });

    private static readonly Notes Yui = Ao with
    {
        Name = "yui",
        Published = 3,
        Acknowledged = ["4 yui 1", "2 yui 0", "7 yui end"],
        Heard = ["1 ao 0", "3 mark 1", "6 ao end"],
        Brook = [1, 4],
        BrookGaps = [new(1, 3)],
    };

    [Fact]
    public void Verdict_OfWhatIsWhole_CountsAndBreaksNothing()
    {
        var verdict = new Verdict([Ao, Yui], Hall, 4);

        Assert.Empty(verdict.Broken);
        Assert.Equal((5, 5, 0), (verdict.Published, verdict.Acknowledged, verdict.Refused));
        Assert.Equal((0, 0, 0, 1), (verdict.Lost, verdict.Doubled, verdict.Misordered, verdict.GapsTold));
        Assert.Equal(4 + 4 + 3 + 2, verdict.Heard);
    }

    [Fact]
    public void Verdict_OfWhatWasNotHeard_IsLost() => Expect(Ao with { Heard = [.. Ao.Heard.Skip(1)] }, lost: 1);

    [Fact]
    public void Verdict_OfAnAcknowledgedMessageThatIsNotThere_IsLost() =>
        Expect(Ao with { Acknowledged = ["5 ao 0", "6 ao end"] }, lost: 1);

    [Fact]
    public void Verdict_OfWhatWasHeardTwice_IsDoubled() => Expect(Ao with { Heard = [.. Ao.Heard, "7 yui end"] }, doubled: 1);

    [Fact]
    public void Verdict_OfWhatIsThereTwice_IsDoubled()
    {
        var verdict = new Verdict([Ao, Yui with { Heard = [.. Yui.Heard, "8 ao 0"] }], [.. Hall, "8 ao 0"], 4);

        Assert.Equal(1, verdict.Doubled);
        Assert.NotEmpty(verdict.Broken);
    }

    [Fact]
    public void Verdict_OfWhatWasHeardInAnotherOrder_IsMisordered() =>
        Expect(Ao with { Heard = ["3 mark 1", "2 yui 0", "4 yui 1", "7 yui end"] }, misordered: 1);

    [Fact]
    public void Verdict_OfWhatIsThereInAnotherOrder_IsMisordered()
    {
        string[] hall = ["1 ao 0", "2 yui 1", "3 mark 1", "4 yui 0", "6 ao end", "7 yui end"];
        var ao = Ao with { Heard = ["2 yui 1", "3 mark 1", "4 yui 0", "7 yui end"] };
        var verdict = new Verdict([ao, Yui with { Acknowledged = ["2 yui 1", "4 yui 0", "7 yui end"] }], hall, 4);

        Assert.Equal((0, 1), (verdict.Lost, verdict.Misordered));
        Assert.NotEmpty(verdict.Broken);
    }

    [Fact]
    public void Verdict_OfAGapThatWasNotTold_IsLost() => Expect(Ao with { Brook = [1, 2, 4] }, lost: 1);

    [Fact]
    public void Verdict_OfAGapAtTheEndThatWasNotTold_IsLost() => Expect(Ao with { Brook = [1, 2, 3] }, lost: 1);

    [Fact]
    public void Verdict_OfAGapThatIsNone_IsBroken() => Expect(Ao with { BrookGaps = [new(1, 2)] });

    [Fact]
    public void Verdict_OfAGapInTheHall_IsBroken() => Expect(Ao with { HallGaps = [new(1, 2)] });

    [Fact]
    public void Verdict_OfARefusal_IsBroken() => Expect(Ao with { Published = 3, Refused = ["ao 1: OUTCOME_UNKNOWN"] });

    [Fact]
    public void Verdict_OfAnAcknowledgementThatNeverCame_IsBroken() => Expect(Ao with { Published = 3 });

    [Fact]
    public void Verdict_OfAMemberNobodyTold_IsBroken() => Expect(Ao with { Members = ["ao"] });

    [Fact]
    public void Verdict_OfAnOldState_IsBroken() =>
        Expect(Ao with { State = new Dictionary<string, string> { ["ao"] = "end", ["yui"] = "1" } });

    private static void Expect(Notes ao, int lost = 0, int doubled = 0, int misordered = 0)
    {
        var verdict = new Verdict([ao, Yui], Hall, 4);

        Assert.Equal((lost, doubled, misordered), (verdict.Lost, verdict.Doubled, verdict.Misordered));
        Assert.NotEmpty(verdict.Broken);
    }
}
