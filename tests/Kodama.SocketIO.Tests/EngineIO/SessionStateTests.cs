namespace Kodama.SocketIO.Tests;

public sealed class SessionStateTests
{
    [Fact]
    public void End_WhileNothingIsTold_IsToldAtOnce()
    {
        var state = default(SessionState);
        Assert.True(state.TryBeginTelling());
        Assert.False(state.TryBeginTelling());
        Assert.False(state.EndTelling());

        Assert.True(state.TryEnd(EngineCloseReason.TransportClose, byClient: false, out var isTelling));
        Assert.False(isTelling);
        Assert.False(state.TryBeginTelling());
        Assert.False(state.TryEnd(EngineCloseReason.ParseError, byClient: true, out _));
        Assert.Equal((EngineCloseReason.TransportClose, false), (state.Reason, state.EndedByClient));
    }

    [Fact]
    public void End_WhilePacketsAreTold_IsToldByWhoeverIsLast()
    {
        var toldLast = default(SessionState);
        Assert.True(toldLast.TryBeginTelling());
        Assert.True(toldLast.TryEnd(EngineCloseReason.TransportClose, byClient: false, out var isTelling));
        Assert.True(isTelling);
        Assert.False(toldLast.EndWarning());
        Assert.True(toldLast.IsTelling);
        Assert.True(toldLast.EndTelling());

        var warnedLast = default(SessionState);
        Assert.True(warnedLast.TryBeginTelling());
        Assert.True(warnedLast.TryEnd(EngineCloseReason.TransportClose, byClient: false, out _));
        Assert.False(warnedLast.EndTelling());
        Assert.True(warnedLast.EndWarning());
        Assert.False(warnedLast.TryBeginTelling());
    }

    [Fact]
    public void Close_ComesOnce_AndItsReasonStays()
    {
        var state = default(SessionState);
        Assert.True(state.TryClose(EngineCloseReason.ServerShuttingDown));
        Assert.False(state.TryClose(EngineCloseReason.ForcedClose));
        Assert.Equal((false, true, false), (state.IsOpen, state.IsClosing, state.HasEnded));

        // What comes meanwhile is told still.
        Assert.True(state.TryBeginTelling());
        Assert.True(state.TryEnd(EngineCloseReason.PingTimeout, byClient: true, out _));
        Assert.Equal((EngineCloseReason.ServerShuttingDown, true), (state.Reason, state.EndedByClient));
        Assert.Equal((false, false, true), (state.IsOpen, state.IsClosing, state.HasEnded));
        Assert.False(state.TryClose(EngineCloseReason.ForcedClose));
    }

    [Fact]
    public void Tick_IsOneAtATime()
    {
        var state = default(SessionState);
        Assert.True(state.TryBeginTick());
        Assert.False(state.TryBeginTick());
        state.EndTick();
        Assert.True(state.TryBeginTick());
    }

    [Fact]
    public async Task End_OfManyRaces_IsToldOnce()
    {
        for (var i = 0; i < 2000; i++)
        {
            var box = new Box();
            var told = 0;
            if (!box.State.TryBeginTelling()) Assert.Fail("A new session is open.");
            var telling = Task.Run(() =>
            {
                if (box.State.EndTelling()) Interlocked.Increment(ref told);
            });
            Assert.True(box.State.TryEnd(EngineCloseReason.TransportClose, byClient: false, out var isTelling));
            if (!isTelling || box.State.EndWarning()) Interlocked.Increment(ref told);
            await telling;
            Assert.Equal(1, told);
        }
    }

    private sealed class Box
    {
        public SessionState State;
    }
}
