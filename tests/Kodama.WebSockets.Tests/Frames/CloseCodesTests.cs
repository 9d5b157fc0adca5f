namespace Kodama.WebSockets.Tests;

public class CloseCodesTests
{
    [Theory]
    [InlineData(0, 999, false)]
    [InlineData(1000, 1003, true)]
    [InlineData(1004, 1006, false)]
    [InlineData(1007, 1014, true)]
    [InlineData(1015, 2999, false)]
    [InlineData(3000, 4999, true)]
    [InlineData(5000, 65535, false)]
    public void IsValidOnWire_EveryCode_IsAsRegistered(int from, int to, bool valid)
    {
        for (int code = from; code <= to; code++)
            Assert.Equal(valid, CloseCodes.IsValidOnWire((ushort)code));
    }
}
