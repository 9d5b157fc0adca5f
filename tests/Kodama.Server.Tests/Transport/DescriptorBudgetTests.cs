using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class DescriptorBudgetTests
{
    private readonly FakeClock clock = new();
    private readonly FakeDescriptors descriptors = new() { Limit = 200, Held = 100 };

    [Theory]
    [InlineData(200, 192)]
    [InlineData(1024, 1003)]
    [InlineData(20_000, 19_744)]
    public void TryTake_OfAnyLimit_LeavesAReserve(int limit, int most)
    {
        descriptors.Limit = limit;
        var budget = new DescriptorBudget(descriptors, clock);

        while (budget.TryTake()) descriptors.Held++;

        Assert.Equal(most, descriptors.Held);
    }

    [Fact]
    public void TryTake_NearTheLimit_SparesThreads_UntilThereIsRoomAgain()
    {
        descriptors.Limit = 1024;
        var budget = new DescriptorBudget(descriptors, clock);
        Assert.False(descriptors.Few);

        while (budget.TryTake()) descriptors.Held++;
        Assert.True(descriptors.Few);

        descriptors.Held = 100;
        Assert.True(budget.TryTake());
        Assert.False(descriptors.Few);
    }

    [Fact]
    public void TryTake_AfterSomeWereGivenBack_HasRoomAtOnce()
    {
        var budget = new DescriptorBudget(descriptors, clock);
        while (budget.TryTake()) descriptors.Held++;

        descriptors.Held--;

        Assert.True(budget.TryTake());
        descriptors.Held++;
        Assert.False(budget.TryTake());
    }

    [Fact]
    public void TryTake_WhenOthersHaveOpenedMany_IsRefusedASecondLater()
    {
        var budget = new DescriptorBudget(descriptors, clock);
        descriptors.Held = 199;

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(budget.TryTake());
        Assert.Equal(199, budget.Held);
    }

    [Fact]
    public void TryTake_WhenOthersHaveOpenedManyAndTheLimitIsNear_IsRefusedAtOnce()
    {
        descriptors.Held = 150;
        var budget = new DescriptorBudget(descriptors, clock);

        descriptors.Held = 192;

        Assert.False(budget.TryTake());
    }

    [Fact]
    public void TryTake_FarFromTheLimit_CountsSeldom()
    {
        descriptors.Limit = 20_000;
        var budget = new DescriptorBudget(descriptors, clock);

        for (var i = 0; i < 1000; i++) Assert.True(budget.TryTake());

        Assert.Equal(1, descriptors.Counts);
    }

    [Fact]
    public void TryTake_WithoutALimit_NeverCounts()
    {
        descriptors.Limit = int.MaxValue;
        var budget = new DescriptorBudget(descriptors, clock);

        Assert.True(budget.TryTake());
        Assert.Equal(0, descriptors.Counts);
    }

    [Fact]
    public void ProcessDescriptors_OfThisProcess_AreCounted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such limit.");
        var process = new ProcessDescriptors();
        var files = new List<FileStream>();

        var before = process.Count();
        // More than what others of this process open and close meanwhile.
        for (var i = 0; i < 500; i++) files.Add(File.OpenRead("/dev/null"));
        var after = process.Count();
        files.ForEach(f => f.Dispose());

        Assert.InRange(after - before, 400, 600);
        Assert.InRange(process.Limit, after, int.MaxValue);
    }
}
