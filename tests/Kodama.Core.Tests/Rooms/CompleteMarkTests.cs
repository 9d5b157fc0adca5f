using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>That readers who are left out of entries learn how far they are.</summary>
public class CompleteMarkTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeClock time = new();
    private readonly Positioned format = new();

    [Fact]
    public async Task Member_LeftOutOfTheLastEntries_IsToldTheHead()
    {
        var hub = new Hub(time: time);
        var yui = await ComeAsync(hub);
        await yui.SayAsync("mine");
        await yui.SayAsync("mine");

        time.Advance(Interval);
        time.Advance(Interval);

        Assert.Equal(["00000002live"], yui.Link.Received);
    }

    [Fact]
    public async Task Member_ThatGetsAllEntries_IsToldNothing()
    {
        var hub = new Hub(time: time);
        var yui = await ComeAsync(hub);
        var ren = await ComeAsync(hub);
        await yui.SayAsync("hello");

        time.Advance(Interval);

        Assert.Equal(["00000001hello"], ren.Link.Received);
    }

    [Fact]
    public async Task Member_LeftOutOfTransientMessages_IsToldNothing()
    {
        var hub = new Hub(time: time);
        var yui = await ComeAsync(hub);
        yui.Room.Send("tick", except: [yui.Peer], isTransient: true);

        time.Advance(Interval);

        Assert.Empty(yui.Link.Received);
    }

    private async Task<TestPeer> ComeAsync(Hub hub) => await hub.ComeAsync(encoder: format);
}
