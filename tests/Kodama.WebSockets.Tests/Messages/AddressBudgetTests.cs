using System.Net;

namespace Kodama.WebSockets.Tests;

public sealed class AddressBudgetTests
{
    private const int Kib = 1024;

    private static readonly IPAddress One = IPAddress.Parse("192.168.1.10");
    private static readonly IPAddress Other = IPAddress.Parse("192.168.1.11");

    private readonly AddressBudget budget = new(100 * Kib, mostOfAddress: 40 * Kib);

    [Fact]
    public void Address_ThatHoldsItsShare_LeavesTheRestToOthers()
    {
        Assert.True(budget.TryTake(One, 40 * Kib));
        Assert.False(budget.TryTake(One, 1));
        Assert.True(budget.TryTake(Other, 40 * Kib));

        budget.Return(One, 1);

        Assert.True(budget.TryTake(One, 1));
        Assert.Equal(80 * Kib, budget.Held);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData(null)]
    public void Address_OfThisMachineOrNone_HasNoShareOfItsOwn(string? address)
    {
        var parsed = address is null ? null : IPAddress.Parse(address);

        Assert.True(budget.TryTake(parsed, 100 * Kib));
        Assert.False(budget.TryTake(parsed, 1));
        Assert.False(budget.TryTake(One, 1));

        budget.Return(parsed, 100 * Kib);
        Assert.True(budget.TryTake(One, 40 * Kib));
    }

    [Fact]
    public void Holder_OfLittle_TakesNothing()
    {
        Assert.True(budget.TryTake(null, 100 * Kib));
        var taken = 0;

        Assert.True(budget.TryAdjust(One, ref taken, AddressBudget.Free));
        Assert.False(budget.TryAdjust(One, ref taken, AddressBudget.Free + 1));

        Assert.Equal(0, taken);
        Assert.Equal(0, budget.Addresses);
    }

    [Fact]
    public void Holder_ThatIsTheOnlyOne_MayHaveAnyAmount()
    {
        int mine = 0, others = 0;
        Assert.True(budget.TryAdjust(One, ref mine, 64 * Kib));
        Assert.True(budget.TryAdjust(One, ref mine, 1024 * Kib));
        Assert.False(budget.TryAdjust(Other, ref others, 8 * Kib));

        Assert.True(budget.TryAdjust(One, ref mine, 30 * Kib));
        Assert.True(budget.TryAdjust(Other, ref others, 8 * Kib));
        Assert.False(budget.TryAdjust(One, ref mine, 128 * Kib));

        Assert.Equal(30 * Kib, mine);
        Assert.Equal(38 * Kib, budget.Held);
    }

    [Fact]
    public void Shares_ThatAreReturned_AreForgotten()
    {
        int mine = 0, others = 0;
        Assert.True(budget.TryAdjust(One, ref mine, 8 * Kib));
        Assert.True(budget.TryAdjust(Other, ref others, 8 * Kib));
        Assert.Equal(2, budget.Addresses);

        Assert.True(budget.TryAdjust(One, ref mine, 0));
        Assert.True(budget.TryAdjust(Other, ref others, 0));

        Assert.Equal(0, budget.Addresses);
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task Adjust_FromManyThreads_LosesNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var taken = 0;
            for (var i = 0; i < 10_000; i++) budget.TryAdjust(seed % 2 == 0 ? One : Other, ref taken, random.Next(50 * Kib));
            Assert.True(budget.TryAdjust(seed % 2 == 0 ? One : Other, ref taken, 0));
        })));

        Assert.Equal(0, budget.Held);
        Assert.Equal(0, budget.Addresses);
    }
}
