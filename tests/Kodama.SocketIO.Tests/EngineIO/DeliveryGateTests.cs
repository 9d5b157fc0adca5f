namespace Kodama.SocketIO.Tests;

public sealed class DeliveryGateTests
{
    [Fact]
    public void End_WhileIdle_IsToldAtOnce()
    {
        var gate = default(DeliveryGate);
        Assert.True(gate.TryBegin());
        Assert.False(gate.End());

        Assert.False(gate.Finish());
        Assert.False(gate.TryBegin());
    }

    [Fact]
    public void End_WhileDelivering_IsToldByWhoeverIsLast()
    {
        var deliveredLast = default(DeliveryGate);
        Assert.True(deliveredLast.TryBegin());
        Assert.True(deliveredLast.Finish());
        Assert.False(deliveredLast.EndingTold());
        Assert.True(deliveredLast.IsDelivering);
        Assert.True(deliveredLast.End());

        var toldLast = default(DeliveryGate);
        Assert.True(toldLast.TryBegin());
        Assert.True(toldLast.Finish());
        Assert.False(toldLast.End());
        Assert.True(toldLast.EndingTold());
        Assert.False(toldLast.TryBegin());
    }

    [Fact]
    public async Task End_OfManyRaces_IsToldOnce()
    {
        for (var i = 0; i < 2000; i++)
        {
            var box = new Box();
            var told = 0;
            if (!box.Gate.TryBegin()) Assert.Fail("A new gate is open.");
            var delivering = Task.Run(() =>
            {
                if (box.Gate.End()) Interlocked.Increment(ref told);
            });
            if (!box.Gate.Finish() || box.Gate.EndingTold()) Interlocked.Increment(ref told);
            await delivering;
            Assert.Equal(1, told);
        }
    }

    private sealed class Box
    {
        public DeliveryGate Gate;
    }
}
