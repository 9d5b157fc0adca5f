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

    [Fact]
    public async Task Mark_ThatFindsNoPlace_IsToldLater()
    {
        var hub = new Hub(new HubOptions { Outbox = { MaxBytes = 110 } }, time: time);
        var yui = await hub.ComeAsync(encoder: format, link: new TestLink { DrainsOnFlush = false });
        yui.Peer.Send(new string('x', 90));
        await yui.SayAsync("mine");

        time.Advance(Interval);
        yui.Link.Drain();
        time.Advance(Interval);
        yui.Link.Drain();

        Assert.Equal("00000001live", yui.Link.Received[^1]);
        Assert.Equal(2, yui.Link.Received.Count);
    }

    [Fact]
    public async Task Format_ThatCannotWriteAMark_CostsOnlyItsRoom()
    {
        var log = new RecordingLogger();
        var hub = new Hub(time: time, logger: log);
        var broken = new Positioned { WhileEncodingMark = () => throw new InvalidOperationException("It cannot write.") };
        var yui = await ComeAsync(hub);
        var ren = await hub.ComeAsync("broken", encoder: broken);
        await yui.SayAsync("mine");
        await ren.SayAsync("mine");

        time.Advance(Interval);
        await yui.SayAsync("mine");
        time.Advance(Interval);

        Assert.Equal(["00000001live", "00000002live"], yui.Link.Received);
        Assert.Contains(log.Entries, entry => entry.Text.Contains("Room broken", StringComparison.Ordinal));
    }

    private async Task<TestPeer> ComeAsync(Hub hub) => await hub.ComeAsync(encoder: format);
}
