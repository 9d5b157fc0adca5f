namespace Kodama.Chaos.Tests;

/// <summary>The run of <c>bench -- chaos</c>, without its minutes and with two kills of its ten: it goes on as soon as everybody has got
/// some way.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Hub_KilledAgainAndAgainBehindRoughWays_HasEverythingOnceAndInOrderForEverybody()
    {
        var options = new ChaosOptions { Seed = 20, Kills = 2 };
        var run = new ChaosRun(options, line => output.WriteLine(FormattableString.Invariant(line)));

        var report = await run.RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(report.Broken);
        // What was to happen has happened.
        Assert.Equal(options.Kills, report.Returns.Count);
        Assert.InRange(report.GapsMade, 1, int.MaxValue);
        Assert.InRange(report.Cuts, report.Clients, int.MaxValue);
        Assert.InRange(report.Stalls, 1, int.MaxValue);
        Assert.InRange(report.Verdict.Acknowledged, report.Clients * options.Kills * options.Progress, int.MaxValue);
    }
}
