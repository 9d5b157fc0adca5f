namespace Kodama.Discovery.Tests;

public class DescriptorLimitTests
{
    [Theory]
    [InlineData("Limit   Soft Limit   Hard Limit   Units\n"
        + "Max open files            1024                 524288               files\nMax locked memory 1 2 bytes", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files", long.MaxValue)]
    [InlineData("", long.MaxValue)]
    public void SoftLimit_OfTheTable_IsTheFirstNumber(string limits, long soft) => Assert.Equal(soft, DescriptorLimit.SoftLimit(limits));

    [Fact]
    public void Bound_Connections_IsNeverMoreThanAsked()
    {
        Assert.Equal(1, DescriptorLimit.Bound(1));
        Assert.InRange(DescriptorLimit.Bound(int.MaxValue), 16, int.MaxValue);
    }
}
