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
