namespace Kodama.WebSockets.Tests;

public sealed class WebSocketConnectionSendingTests
{
    [Fact]
    public void Run_TakenInParts_IsSentWholeAndGivenBackOnce()
    {
        var it = Started();
        it.Duplex.TakesAtOnce = 3;
        it.Source.Add(Hex.Bytes("82 05 01 02 03 04 05"));
        it.Source.Add(Hex.Bytes("82 01 06"));

        it.Connection.Flush();

        Assert.Equal(Hex.Bytes("82 05 01 02 03 04 05 82 01 06"), it.Duplex.Sent);
        Assert.Equal(10, it.Source.Advanced);
    }

    [Fact]
    public void Source_ClosedBetweenTwoPartsOfAFrame_LeavesNoHalfFrameOnTheWire()
    {
        var it = Started();
        it.Duplex.TakesAtOnce = 3;
        it.Duplex.Taken = _ =>
        {
            // What a hub does with a peer that is too slow.
            it.Source.Close();
            it.Connection.Close(4000, "");
        };
        it.Source.Add(Hex.Bytes("82 05 01 02 03 04 05"));
        it.Source.Add(Hex.Bytes("82 01 06"));

        it.Connection.Flush();

        Assert.Equal(Hex.Bytes("82 05 01 02 03 04 05 88 02 0F A0"), it.Duplex.Sent);
    }

    [Theory]
    [InlineData(true, "82 05 01 02 03 04 05 82 01 06 8A 01 70")]
    [InlineData(false, "82 05 01 02 03 04 05 8A 01 70 82 01 06")]
    public void Pong_AskedForWithinARun_WaitsForWhatCameBefore_OrForTheRunWhereThereIsNoRoom(bool hasRoom, string sent)
    {
        var it = Started();
        it.Source.HasRoom = hasRoom;
        it.Duplex.TakesAtOnce = 3;
        var asked = false;
        it.Duplex.Taken = _ =>
        {
            if (asked) return;
            asked = true;
            it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Ping, "p"u8));
        };
        it.Source.Add(Hex.Bytes("82 05 01 02 03 04 05"));
        it.Source.Add(Hex.Bytes("82 01 06"));

        it.Connection.Flush();

        Assert.Equal(Hex.Bytes(sent), it.Duplex.Sent);
    }

    [Theory]
    [InlineData(true, "82 01 06 8A 01 61 8A 01 62 8A 01 63")]
    [InlineData(false, "82 01 06 8A 01 63")]
    public void Pings_WhileASendIsPending_AreAllAnswered_OrTheLastWhereThereIsNoRoom(bool hasRoom, string sent)
    {
        var it = Started();
        it.Source.HasRoom = hasRoom;
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();

        for (var i = 0; i < 3; i++) it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Ping, [(byte)('a' + i)]));
        it.Duplex.Blocks = false;
        it.Duplex.FinishSend();

        Assert.Equal(Hex.Bytes(sent), it.Duplex.Sent);
    }

    [Fact]
    public void Pings_OfOneRead_AreAllAnsweredInOneFlush()
    {
        var it = Started();

        it.Duplex.Arrive([.. ConnectionFixture.Frame(Opcode.Ping, "a"u8), .. ConnectionFixture.Frame(Opcode.Ping, "b"u8)]);

        Assert.Equal(Hex.Bytes("8A 01 61 8A 01 62"), it.Duplex.Sent);
    }

    [Fact]
    public void Pings_OfOneWhoReadsNothing_AreAnsweredUpToABoundAndThenWithTheLast()
    {
        const int Count = 2_000;
        var it = Started();
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();

        byte[] Numbered(int i) => [.. new byte[FrameWriter.MaxControlPayload - 2], (byte)(i >> 8), (byte)i];
        for (var i = 0; i < Count; i++) it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Ping, Numbered(i)));
        it.Duplex.Blocks = false;
        it.Duplex.FinishSend();

        // The last, then the 64 KiB of pongs that had room.
        var pong = FrameWriter.MaxControlPayload + 2;
        Assert.Equal(3 + pong + 64 * 1024 / pong * pong, it.Duplex.Sent.Length);
        Assert.Equal(Numbered(Count - 1), it.Duplex.Sent[5..(3 + pong)]);
        Assert.Equal(Numbered(0), it.Duplex.Sent[(5 + pong)..(3 + 2 * pong)]);
        Assert.Equal(Numbered(64 * 1024 / pong - 1), it.Duplex.Sent[^FrameWriter.MaxControlPayload..]);
        it.Duplex.Arrive(ConnectionFixture.Frame(Opcode.Ping, "again"u8));
        Assert.Equal(ConnectionFixture.Frame(Opcode.Pong, "again"u8, masked: false), it.Duplex.Sent[^7..]);
    }

    [Fact]
    public void Ping_BeforeAMessageThatTakesTime_IsAnsweredMeanwhile()
    {
        var it = Started();
        var slow = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(slow.Task);

        it.Duplex.Arrive([.. ConnectionFixture.Frame(Opcode.Ping, "p"u8), .. ConnectionFixture.Frame(Opcode.Text, "slow"u8)]);

        Assert.Equal(Hex.Bytes("8A 01 70"), it.Duplex.Sent);
        slow.SetResult();
    }

    [Fact]
    public void Send_ThatHadToWait_LeavesNoSourceBlockedThatHasDrained()
    {
        var it = Started();
        it.Duplex.Blocks = true;
        it.Duplex.EndsEarly = true;
        it.Source.Add(Hex.Bytes("82 01 06"));

        it.Connection.Flush();

        Assert.Equal(Hex.Bytes("82 01 06"), it.Duplex.Sent);
        Assert.Equal(["blocked", "empty"], it.Source.Calls[^2..]);
    }

    [Fact]
    public void Close_WhileASendIsPending_GoesAfterWhatTheSourceHas()
    {
        var it = Started();
        it.Duplex.Blocks = true;
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Connection.Flush();
        it.Source.Add(Hex.Bytes("82 01 07"));

        it.Connection.Close(1001, "");
        it.Connection.Close(1002, "second");
        it.Duplex.Blocks = false;
        it.Duplex.FinishSend();
        it.Source.Add(Hex.Bytes("82 01 08"));
        it.Connection.Flush();

        Assert.Equal(Hex.Bytes("82 01 06 82 01 07 88 02 03 E9"), it.Duplex.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transport_ThatBreaksUnderASend_EndsTheConnectionOnce(bool pending)
    {
        var it = Started();
        it.Source.Add(Hex.Bytes("82 01 06"));
        it.Duplex.Blocks = pending;
        it.Duplex.Breaks = !pending;

        it.Connection.Flush();
        if (pending) it.Duplex.FinishSend(new IOException("broken"));
        it.Connection.Flush();
        it.Connection.Close(1000, "");

        Assert.True(it.Source.IsClosed);
        Assert.Equal([(CloseCodes.Abnormal, "The connection was lost.")], it.Handler.Closed);
    }

    [Fact]
    public void Transport_ThatBreaksUnderAControlFrame_GivesBackNothingThatWasNotTaken()
    {
        var it = Started();
        it.Duplex.Breaks = true;

        // QueueSource fails on Advance without Peek.
        it.Connection.Close(3000, "refused");

        Assert.Single(it.Handler.Closed);
    }

    [Fact]
    public void Connection_BeforeItsStart_SendsNothing()
    {
        var it = new ConnectionFixture();
        it.Source.Add(Hex.Bytes("82 01 06"));

        it.Connection.Flush();
        it.Connection.Close(1001, "");
        Assert.Empty(it.Duplex.Sent);
        it.Connection.Start();

        Assert.Equal(Hex.Bytes("82 01 06 88 02 03 E9"), it.Duplex.Sent);
    }

    [Fact]
    public async Task Flush_FromManyThreads_SendsEverythingOnceAndInOrder()
    {
        const int Count = 10_000;
        var it = Started();
        var source = new CountingSource();
        var connection = new WebSocketConnection(
            it.Duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default), source, it.Handler,
            new ConnectionOptions());
        connection.StartWaiting();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                source.Add();
                connection.Flush();
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(4 * Count, source.Taken);
        Assert.Equal(4 * Count * 3, it.Duplex.Sent.Length);
    }

    private static ConnectionFixture Started()
    {
        var it = new ConnectionFixture();
        it.Connection.Start();
        return it;
    }

    /// <summary>Answers with all frames that were added since, and fails if two threads take at once.</summary>
    private sealed class CountingSource : IFrameSource
    {
        private int added;
        private int peeked;
        private int inside;

        public int Taken { get; private set; }

        public void Add() => Interlocked.Increment(ref added);

        public ReadOnlyMemory<byte> Peek()
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            peeked = Volatile.Read(ref added) - Taken;
            Interlocked.Decrement(ref inside);
            return new byte[peeked * 3];
        }

        public void Advance(int count)
        {
            Assert.Equal(peeked * 3, count);
            Taken += peeked;
        }

        public void Blocked()
        {
        }

        public bool TryAppend(ReadOnlySpan<byte> frame) => false;

        public void Complete()
        {
        }

        public void Close()
        {
        }
    }
}
