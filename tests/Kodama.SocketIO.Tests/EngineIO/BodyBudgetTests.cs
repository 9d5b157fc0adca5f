using System.Net;

namespace Kodama.SocketIO.Tests;

public sealed class BodyBudgetTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.168.1.10");
    private static readonly IPAddress Other = IPAddress.Parse("192.168.1.11");

    private readonly BodyBudget budget = new(100, mostOfAddress: 40);

    [Fact]
    public void Address_ThatHoldsItsShare_LeavesTheRestToOthers()
    {
        Assert.True(budget.TryTake(One, 40));
        Assert.False(budget.TryTake(One, 1));
        Assert.True(budget.TryTake(Other, 40));

        budget.Return(One, 1);

        Assert.True(budget.TryTake(One, 1));
        Assert.Equal(80, budget.Held);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData(null)]
    public void Address_OfThisMachineOrNone_HasNoShareOfItsOwn(string? address)
    {
        var parsed = address is null ? null : IPAddress.Parse(address);

        Assert.True(budget.TryTake(parsed, 100));
        Assert.False(budget.TryTake(parsed, 1));
        Assert.False(budget.TryTake(One, 1));

        budget.Return(parsed, 100);
        Assert.True(budget.TryTake(One, 40));
    }

    [Fact]
    public void Shares_ThatAreReturned_AreForgotten()
    {
        var shares = new AddressShares(10);
        Assert.True(shares.TryTake(One, 6));
        Assert.True(shares.TryTake(One, 4));
        Assert.True(shares.TryTake(Other, 0));

        shares.Return(One, 10);

        Assert.Equal(0, shares.Count);
    }
}
