using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

public sealed class WebSocketConnectionClosingTests
{
    [Fact]
    public void Close_ByTheOtherSide_IsAnsweredAndEndsTheTransport()
    {
        var it = Started();

        it.Duplex.Arrive(ConnectionFixture.Close(3210, "bye"));

        Assert.Equal(ConnectionFixture.Close(3210, masked: false), it.Duplex.Sent);
        Assert.True(it.Duplex.IsSendingCompleted);
        Assert.True(it.Duplex.IsDisposed);
        Assert.True(it.Connection.IsClosedCleanly);
        Assert.Equal([((ushort)3210, "bye")], it.Handler.Closed);
    }

    [Fact]
    public void Close_WithoutCode_IsAnsweredWithoutCode()
    {
        var it = Started();

        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Close, default));

        Assert.Equal(Hex.Bytes("88 00"), it.Duplex.Sent);
        Assert.Equal([(CloseCodes.NoStatus, "")], it.Handler.Closed);
    }

    [Fact]
    public void Close_ByThisSide_WaitsForTheAnswer()
    {
        var it = Started();

        it.Connection.Close(1001, "stopping");
        Assert.Equal(ConnectionFixture.Close(1001, "stopping", masked: false), it.Duplex.Sent);
        Assert.False(it.Duplex.IsDisposed);
        Assert.False(it.Connection.IsClosedCleanly);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "still on its way"u8));
        it.Duplex.Arrive(ConnectionFixture.Close(1001));

        Assert.True(it.Duplex.IsDisposed);
        Assert.Empty(it.Handler.Messages);
        Assert.Equal([((ushort)1001, "stopping")], it.Handler.Closed);
    }

    [Fact]
    public void Close_FromBothSidesAtOnce_SendsOneFrameAndTellsOnce()
    {
        var it = Started();
        it.Duplex.Blocks = true;
        it.Connection.Close(1001, "");

        it.Duplex.Arrive(ConnectionFixture.Close(1000, "bye"));
        Assert.False(it.Duplex.IsDisposed);
        it.Duplex.FinishSend();

        Assert.Equal(ConnectionFixture.Close(1001, masked: false), it.Duplex.Sent);
        Assert.True(it.Duplex.IsDisposed);
        Assert.Equal([((ushort)1001, "")], it.Handler.Closed);
    }

    [Fact]
    public async Task Close_FromBothSidesOnTwoThreads_EndsOnce()
    {
        for (var i = 0; i < 500; i++)
        {
            var it = Started();
            using var start = new Barrier(2);
            var here = Task.Run(() =>
            {
                start.SignalAndWait();
                it.Connection.Close(1001, "");
            });
            var there = Task.Run(() =>
            {
                start.SignalAndWait();
                it.Duplex.Arrive(ConnectionFixture.Close(1000));
            });
            await Task.WhenAll(here, there).WaitAsync(TimeSpan.FromSeconds(30));

            Assert.True(it.Duplex.IsDisposed);
            Assert.Single(it.Handler.Closed);
            Assert.Equal(4, it.Duplex.Sent.Length);
        }
    }

    [Fact]
    public void Error_OfTheOtherSide_IsToldAndTheRestThrownAway()
    {
        var it = Started();

        it.Duplex.Arrive(Hex.Bytes("FF FF FF FF"));
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "more"u8));
        Assert.Equal(0x88, it.Duplex.Sent[0]);
        Assert.Equal(CloseCodes.ProtocolError, (it.Duplex.Sent[2] << 8) | it.Duplex.Sent[3]);
        it.Duplex.End();

        Assert.Empty(it.Handler.Messages);
        Assert.Equal(CloseCodes.ProtocolError, Assert.Single(it.Handler.Closed).Code);
    }

    [Fact]
    public void End_WithoutAClose_IsAbnormal()
    {
        var it = Started();

        it.Duplex.End();

        Assert.Equal(CloseCodes.Abnormal, Assert.Single(it.Handler.Closed).Code);
        Assert.True(it.Source.IsClosed);
    }

    [Theory]
    [InlineData("88 80 12345678", "88 00")]
    [InlineData("FF FF FF FF", "88")]
    public void End_InTheReadOfAMessage_ComesBehindWhatThatIsOwed(string end, string answer)
    {
        var it = Started();
        // As a door does: what a read brought in is handed over at its end.
        it.Handler.Handle = text =>
        {
            it.Source.Add(ConnectionFixture.Frame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text), masked: false));
            return default;
        };

        it.Duplex.Arrive([
            .. ConnectionFixture.Frame(Opcode.Text, "a"u8), .. ConnectionFixture.Frame(Opcode.Ping, "p"u8),
            .. ConnectionFixture.Frame(Opcode.Text, "b"u8), .. Hex.Bytes(end)]);

        byte[] owed = [.. Hex.Bytes("81 01 61 8A 01 70 81 01 62"), .. Hex.Bytes(answer)];
        Assert.Equal(owed, it.Duplex.Sent[..owed.Length]);
        Assert.True(it.Source.IsComplete);
    }

    [Fact]
    public void Close_ByOneWhoReadsSlowly_IsAnsweredBehindWhatWaits()
    {
        var it = Started();
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();
        it.Source.Add(Hex.Bytes("82 01 07"));

        it.Duplex.Arrive(ConnectionFixture.Close(1000));
        Assert.False(it.Duplex.IsDisposed);
        Assert.Empty(it.Handler.Closed);
        it.Duplex.Blocks = false;
        it.Duplex.FinishSend();

        Assert.Equal(Hex.Bytes("82 01 06 82 01 07 88 02 03 E8"), it.Duplex.Sent);
        Assert.True(it.Connection.IsClosedCleanly);
        Assert.Equal([((ushort)1000, "")], it.Handler.Closed);
    }

    [Fact]
    public async Task End_WithoutAClose_WaitsForWhatIsOwed()
    {
        var it = Started();
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();
        it.Source.Add(Hex.Bytes("82 01 07"));

        it.Duplex.End();
        Assert.False(it.Duplex.IsDisposed);
        Assert.True(it.Source.IsComplete);
        Assert.Empty(it.Handler.Closed);
        it.Duplex.Blocks = false;
        it.Duplex.FinishSend();

        await Deadline.UntilAsync(() => it.Handler.Closed.Count > 0);
        Assert.Equal(Hex.Bytes("82 01 06 82 01 07"), it.Duplex.Sent);
        Assert.True(it.Duplex.IsDisposed);
        Assert.Equal([(CloseCodes.Abnormal, "The connection was lost.")], it.Handler.Closed);
    }

    [Fact]
    public async Task End_OfOneWhoTakesNothing_EndsAtTheDeadline()
    {
        var it = Started(new ConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(5) });
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();
        it.Duplex.End();

        it.Connection.Tick(1000);
        it.Connection.Tick(5999);
        Assert.False(it.Duplex.IsDisposed);
        it.Connection.Tick(6000);
        Assert.True(it.Duplex.IsDisposed);
        it.Duplex.FinishSend(new IOException("disposed"));

        await Deadline.UntilAsync(() => it.Handler.Closed.Count > 0);
        Assert.Single(it.Handler.Closed);
    }

    [Fact]
    public async Task End_WhileAnotherThreadSends_IsToldOnce()
    {
        for (var i = 0; i < 500; i++)
        {
            var it = Started();
            it.Source.Add(Hex.Bytes("82 01 06"));
            using var start = new Barrier(2);
            var here = Task.Run(() =>
            {
                start.SignalAndWait();
                it.Connection.Flush();
            });
            var there = Task.Run(() =>
            {
                start.SignalAndWait();
                it.Duplex.End();
            });
            await Task.WhenAll(here, there).Within();

            await Deadline.UntilAsync(() => it.Handler.Closed.Count > 0);
            Assert.Single(it.Handler.Closed);
            Assert.Equal(3, it.Duplex.Sent.Length);
        }
    }

    [Fact]
    public void Tick_WhoseHandlerThrows_EndsThatConnectionOnly()
    {
        var it = Started(new ConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(5) });
        var slow = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(slow.Task);
        it.Handler.Ending = () => throw new InvalidOperationException("the handler's fault");
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "slow"u8));
        it.Connection.Close(1001, "");

        it.Connection.Tick(0);
        it.Connection.Tick(5000);

        Assert.Equal("the handler's fault", Assert.Single(it.Handler.Failures).Message);
        Assert.True(it.Duplex.IsDisposed);
        slow.SetResult();
        Assert.Single(it.Handler.Closed);
    }

    [Fact]
    public void Answer_ThatDoesNotCome_EndsAtTheDeadline()
    {
        var it = Started(new ConnectionOptions { CloseTimeout = TimeSpan.FromSeconds(5) });
        it.Connection.Close(1001, "");

        it.Connection.Tick(1000);
        it.Connection.Tick(5999);
        Assert.False(it.Duplex.IsDisposed);
        it.Connection.Tick(6000);

        Assert.Single(it.Handler.Closed);
    }

    [Fact]
    public void Abort_Twice_EndsOnce()
    {
        var it = Started();

        it.Connection.Abort("enough");
        it.Connection.Abort("again");

        Assert.Equal([(CloseCodes.Abnormal, "enough")], it.Handler.Closed);
        Assert.Empty(it.Duplex.Sent);
    }

    [Fact]
    public void Abort_BeforeTheStart_EndsAtTheStart()
    {
        var it = new ConnectionFixture();

        it.Connection.Abort("too late");
        Assert.Empty(it.Handler.Closed);
        it.Connection.Start();

        Assert.Equal([(CloseCodes.Abnormal, "too late")], it.Handler.Closed);
    }

    private static ConnectionFixture Started(ConnectionOptions? options = null)
    {
        var it = new ConnectionFixture(options);
        it.Connection.Start();
        return it;
    }
}
