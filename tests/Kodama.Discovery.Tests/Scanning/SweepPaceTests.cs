namespace Kodama.Discovery.Tests;

public class SweepPaceTests
{
    [Fact]
    public void Next_NothingHappens_DoublesToFiveMinutes()
    {
        var pace = new SweepPace(TimeSpan.FromSeconds(5));
        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], Enumerable.Range(0, 8).Select(_ => pace.Next().TotalSeconds));
        pace.BeginAnew();
        Assert.Equal(5, pace.Next().TotalSeconds);
    }

    [Fact]
    public void Next_LongerInterval_IsKept()
    {
        var pace = new SweepPace(TimeSpan.FromHours(1));
        Assert.Equal([1, 1], Enumerable.Range(0, 2).Select(_ => pace.Next().TotalHours));
    }
}
