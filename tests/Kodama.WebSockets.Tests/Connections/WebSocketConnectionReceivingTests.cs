using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

public sealed class WebSocketConnectionReceivingTests
{
    [Fact]
    public void Connection_ThatIsIdle_HoldsNoBuffer()
    {
        var it = Started();

        Assert.True(it.Duplex.IsReceiving);
        Assert.False(it.Duplex.HoldsBuffer);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Ping, default));

        Assert.False(it.Duplex.HoldsBuffer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flood_WithoutEnd_LeavesTheThreadToOthers(bool garbage)
    {
        // A reserved opcode ends the connection at its first frame; what follows is thrown away.
        using var duplex = new EndlessDuplex(garbage ? Hex.Bytes("83 80 00 00 00 00") : ConnectionFixture.Frame(Opcode.Text, "abcd"u8));
        var handler = new RecordingHandler();
        var connection = new WebSocketConnection(
            duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default), new QueueSource(), handler,
            new ConnectionOptions());

        await Task.Run(() => connection.Start()).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(handler.Closed);
    }

    /// <summary>The same frame over and over, as fast as it is read, until it is disposed.</summary>
    private sealed class EndlessDuplex(byte[] frame) : Duplex
    {
        private volatile bool isDisposed;

        public override bool Receive(Memory<byte> buffer, out Transfer transfer)
        {
            transfer = isDisposed ? new Transfer(0, new ObjectDisposedException(nameof(EndlessDuplex))) : default;
            if (isDisposed || buffer.IsEmpty) return true;
            var count = buffer.Length / frame.Length * frame.Length;
            for (var i = 0; i < count; i += frame.Length) frame.CopyTo(buffer[i..]);
            transfer = new Transfer(count);
            return true;
        }

        public override bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer)
        {
            transfer = new Transfer(bytes.Length);
            return true;
        }

        public override void CompleteSending()
        {
        }

        public override void Dispose() => isDisposed = true;
    }

    [Fact]
    public void Connection_ThatHasNotStarted_IsNotPingedAndNotGivenUp()
    {
        var it = new ConnectionFixture();

        for (var second = 0; second < 600; second++) it.Connection.Tick(second * 1000);
        it.Connection.Start();

        Assert.Empty(it.Duplex.Sent);
        Assert.False(it.Duplex.IsDisposed);
    }

    [Fact]
    public async Task Connection_ThatBreaksWhileAMessageIsHandled_TellsItsHandlerToEnd()
    {
        var it = Started();
        var release = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(release.Task);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "slow"u8));

        it.Duplex.Breaks = true;
        for (var second = 1; second < 27; second++) it.Connection.Tick(second * 1000);
        Assert.Equal(0, it.Handler.Endings);
        for (var second = 27; second < 60; second++) it.Connection.Tick(second * 1000);

        Assert.Equal(1, it.Handler.Endings);
        Assert.Empty(it.Handler.Closed);
        release.SetResult();
        await Task.Yield();
        Assert.Single(it.Handler.Closed);
    }

    [Fact]
    public void Connection_WithAMessageNowAndThen_HoldsNoBuffer()
    {
        var it = Started(new ConnectionOptions { PingInterval = TimeSpan.Zero });
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "a"u8));
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "b"u8));
        Assert.True(it.Duplex.HoldsBuffer);

        it.Connection.Tick(1000);
        it.Connection.Tick(2000);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "a heartbeat, say"u8));

        Assert.False(it.Duplex.HoldsBuffer);
        Assert.Equal(3, it.Handler.Messages.Count);
    }

    [Fact]
    public void Connection_ThatBecomesQuiet_GivesItsBufferBack()
    {
        var it = Started();
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "x"u8));
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "y"u8));
        Assert.True(it.Duplex.HoldsBuffer);

        it.Connection.Tick(0);
        it.Connection.Tick(20_000);
        Assert.Equal(Hex.Bytes("89 00"), it.Duplex.Sent);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Pong, default));

        Assert.False(it.Duplex.HoldsBuffer);
        Assert.True(it.Duplex.IsReceiving);
    }

    [Fact]
    public void Messages_OfOneRead_AreHandledAndThenTold()
    {
        var it = Started();

        it.Duplex.Arrive(
        [
            .. ConnectionFixture.Frame(Opcode.Text, "a"u8), .. ConnectionFixture.Frame(Opcode.Text, "b"u8),
            .. ConnectionFixture.Frame(Opcode.Text, "c"u8).AsSpan(0, 3),
        ]);

        Assert.Equal(["a", "b"], it.Handler.Messages);
        Assert.Equal(1, it.Handler.ReadsCompleted);
    }

    [Fact]
    public void Handler_ThatTakesTime_IsNotReadAheadOf()
    {
        var it = Started();
        var slow = new TaskCompletionSource();
        it.Handler.Handle = text => new ValueTask(text == "slow" ? slow.Task : Task.CompletedTask);

        it.Duplex.Arrive([.. ConnectionFixture.Frame(Opcode.Text, "slow"u8), .. ConnectionFixture.Frame(Opcode.Text, "next"u8)]);
        Assert.False(it.Duplex.IsReceiving);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "last"u8));
        Assert.Empty(it.Handler.Messages);
        slow.SetResult();

        SpinWait.SpinUntil(() => it.Handler.Messages.Count == 3, TimeSpan.FromSeconds(30));
        Assert.Equal(["slow", "next", "last"], it.Handler.Messages);
    }

    [Fact]
    public void Abort_WhileTheHandlerWorks_TellsAfterIt()
    {
        var it = Started();
        var slow = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(slow.Task);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "slow"u8));

        it.Connection.Abort("enough");
        Assert.Empty(it.Handler.Closed);
        slow.SetResult();

        SpinWait.SpinUntil(() => it.Handler.Closed.Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal([(CloseCodes.Abnormal, "enough")], it.Handler.Closed);
        Assert.Equal(["slow"], it.Handler.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Handler_ThatThrows_EndsTheConnectionWith1011(bool later)
    {
        var it = Started();
        it.Handler.Handle = async _ =>
        {
            if (later) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            throw new InvalidOperationException("the handler's fault");
        };

        it.Duplex.Arrive([.. ConnectionFixture.Frame(Opcode.Text, "a"u8), .. ConnectionFixture.Frame(Opcode.Text, "b"u8)]);

        SpinWait.SpinUntil(() => it.Duplex.Sent.Length > 0, TimeSpan.FromSeconds(30));
        Assert.Equal(CloseCodes.InternalError, (it.Duplex.Sent[2] << 8) | it.Duplex.Sent[3]);
        Assert.Equal("the handler's fault", Assert.Single(it.Handler.Failures).Message);
        it.Duplex.End();
        SpinWait.SpinUntil(() => it.Handler.Closed.Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal(CloseCodes.InternalError, Assert.Single(it.Handler.Closed).Code);
    }

    [Fact]
    public void Handler_ThatTakesLongerThanAPong_DoesNotCostThePeerItsConnection()
    {
        var it = Started();
        var slow = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(slow.Task);
        it.Connection.Tick(0);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "slow"u8));

        for (var now = 1000; now < 120_000; now += 1000) it.Connection.Tick(now);

        Assert.False(it.Duplex.IsDisposed);
        slow.SetResult();
    }

    [Fact]
    public void Silence_IsPingedAndThenEnded()
    {
        var it = Started(new ConnectionOptions { PingInterval = TimeSpan.FromSeconds(10), PongTimeout = TimeSpan.FromSeconds(3) });

        it.Connection.Tick(0);
        it.Connection.Tick(9_999);
        Assert.Empty(it.Duplex.Sent);
        it.Connection.Tick(10_000);
        Assert.Equal(Hex.Bytes("89 00"), it.Duplex.Sent);
        it.Connection.Tick(12_999);
        Assert.Empty(it.Handler.Closed);
        it.Connection.Tick(13_000);

        Assert.Equal([(CloseCodes.Abnormal, "No answer to a ping.")], it.Handler.Closed);
    }

    [Fact]
    public void Pong_InTime_KeepsTheConnection()
    {
        var it = Started(new ConnectionOptions { PingInterval = TimeSpan.FromSeconds(10), PongTimeout = TimeSpan.FromSeconds(3) });

        for (var now = 0; now <= 100_000; now += 1000)
        {
            it.Connection.Tick(now);
            if (it.Duplex.Sent.Length > 0 && now % 11_000 == 0) it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Pong, default));
        }

        Assert.Empty(it.Handler.Closed);
        Assert.InRange(it.Duplex.Sent.Length / 2, 7, 10);
    }

    [Fact]
    public void PingInterval_OfZero_NeverPings()
    {
        var it = Started(new ConnectionOptions { PingInterval = TimeSpan.Zero });

        for (var now = 0; now < 1_000_000; now += 1000) it.Connection.Tick(now);

        Assert.Empty(it.Duplex.Sent);
        Assert.Empty(it.Handler.Closed);
    }

    [Fact]
    public void Early_Bytes_AreHandledBeforeTheOthers()
    {
        var it = new ConnectionFixture();
        var frame = ConnectionFixture.Frame(Opcode.Text, "both"u8);

        it.Connection.Start((byte[])[.. ConnectionFixture.Frame(Opcode.Text, "early"u8), .. frame[..4]]);
        it.Duplex.Arrive(frame[4..]);

        Assert.Equal(["early", "both"], it.Handler.Messages);
    }

    [Fact]
    public async Task Early_WhileItIsHandled_OthersWaitAndTheConnectionSends()
    {
        var it = new ConnectionFixture();
        var handling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        it.Handler.Handle = text => text == "early" ? new ValueTask(handling.Task) : default;
        it.Duplex.Owner = it.Connection;
        Assert.False(it.Duplex.Receive(Memory<byte>.Empty, out _));

        it.Connection.StartWaiting(ConnectionFixture.Frame(Opcode.Text, "early"u8));
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "late"u8));
        it.Source.Add(0x82, 0x01, 0x07);
        it.Connection.Flush();

        Assert.Equal(Hex.Bytes("82 01 07"), it.Duplex.Sent);
        Assert.Empty(it.Handler.Messages);
        handling.SetResult();
        await Deadline.UntilAsync(() => it.Handler.Messages.Count == 2);
        Assert.Equal(["early", "late"], it.Handler.Messages);
    }

    [Fact]
    public async Task Early_HandledBeforeTheInheritedReceiveEnds_GoesOnWithIt()
    {
        var it = new ConnectionFixture();
        it.Duplex.Owner = it.Connection;
        Assert.False(it.Duplex.Receive(Memory<byte>.Empty, out _));

        it.Connection.StartWaiting(ConnectionFixture.Frame(Opcode.Text, "early"u8));
        await Deadline.UntilAsync(() => it.Handler.ReadsCompleted == 1);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Text, "late"u8));
        it.Duplex.End();

        await Deadline.UntilAsync(() => it.Handler.Closed.Count == 1);
        Assert.Equal(["early", "late"], it.Handler.Messages);
    }

    [Fact]
    public async Task Early_WhoseClientIsGone_IsGivenUpWhileItIsHandled()
    {
        var it = new ConnectionFixture(
            new ConnectionOptions { PingInterval = TimeSpan.FromSeconds(20), PongTimeout = TimeSpan.FromSeconds(20) });
        var handling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        it.Handler.Handle = _ =>
        {
            begun.TrySetResult();
            return new ValueTask(handling.Task);
        };
        it.Duplex.Owner = it.Connection;
        Assert.False(it.Duplex.Receive(Memory<byte>.Empty, out _));

        it.Connection.StartWaiting(ConnectionFixture.Frame(Opcode.Text, "early"u8));
        await begun.Task.Within();
        it.Duplex.Breaks = true;
        for (var now = 0; now < 600_000 && it.Handler.Endings == 0; now += 1000) it.Connection.Tick(now);

        Assert.Equal(1, it.Handler.Endings);
        handling.SetResult();
        await Deadline.UntilAsync(() => it.Handler.Closed.Count == 1);
    }

    private static ConnectionFixture Started(ConnectionOptions? options = null)
    {
        var it = new ConnectionFixture(options);
        it.Connection.Start();
        return it;
    }
}
