using System.Globalization;
using Kodama.Testing;

namespace Kodama.Client.Tests.Sending;

public sealed class SendTests
{
    private const int LargerThanBuffers = 24 * 1024 * 1024;

    [Fact]
    public async Task Send_FromManyThreads_KeepsTheOrderOfEachAndEveryMessageWhole()
    {
        const int Threads = 8;
        const int Count = 500;
        await using var hub = await TestHub.StartAsync();
        // Until somebody reads, one more than the capacity displaces the oldest: here the reader may begin late.
        var options = new KodamaClientOptions { MessageCapacity = Threads * Count };
        await using var client = await KodamaClient.ConnectAsync(hub.Address, options).Within();
        var padding = new string('x', 300);
        var reading = Task.Run(async () =>
        {
            var next = new int[Threads];
            for (var i = 0; i < Threads * Count; i++)
            {
                var parts = (await client.ReceiveTextAsync()).Split(' ');
                var thread = int.Parse(parts[0], CultureInfo.InvariantCulture);
                Assert.Equal(next[thread]++, int.Parse(parts[1], CultureInfo.InvariantCulture));
                Assert.Equal(padding, parts[2]);
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            // Without waiting for each: in the order of the calls all the same.
            var sends = Enumerable.Range(0, Count).Select(i => client.SendAsync($"{thread} {i} {padding}").AsTask()).ToList();
            await Task.WhenAll(sends);
        }))).Within();

        await reading.Within();
    }

    [Fact]
    public async Task Send_CancelledBeforeItsTurn_SendsNothingAndHarmsNobody()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        using var cancel = new CancellationTokenSource();
        // Too much for the system's buffers: under way until the peer reads.
        var first = client.SendAsync(new byte[LargerThanBuffers]).AsTask();
        var cancelled = client.SendAsync("never", cancel.Token).AsTask();
        var last = client.SendAsync("last").AsTask();
        Assert.False(first.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within());
        // 10 bytes of head, 4 of mask, of them and of the last.
        var wire = new byte[14 + (LargerThanBuffers) + 6 + 4];
        await peer.Stream.ReadExactlyAsync(wire).AsTask().Within();
        Assert.Equal([0x81, 0x84], wire[^10..^8]);
        await Task.WhenAll(first, last).Within();
    }

    [Fact]
    public async Task Send_CancelledAlready_SendsNothing()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await KodamaClient.ConnectAsync(hub.Address).Within();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.SendAsync("never", new CancellationToken(true)).AsTask().Within());

        await client.SendAsync("next").Within();
        Assert.Equal("next", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Send_BehindTheGoodbye_IsRefusedAndWhatWasBeforeItIsSent()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();
        var sends = Enumerable.Range(0, 20).Select(i => client.SendAsync($"{i}").AsTask()).ToList();

        var closing = client.CloseAsync();

        for (var i = 0; i < 20; i++) Assert.Equal($"{i}", (await peer.ReadFrameAsync())!.Text);
        Assert.Equal(1000, (await peer.ReadFrameAsync())!.CloseCode);
        await Task.WhenAll(sends).Within();
        await peer.SendCloseAsync(1000);
        await closing.Within();
    }

    [Fact]
    public async Task Send_WithoutAConnection_SaysSo()
    {
        await using var client = KodamaClient.Create("Lounge");

        var refused = await Assert.ThrowsAsync<NotConnectedException>(() => client.SendAsync("x").AsTask());

        Assert.Contains("WaitForConnection", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatWaitsForAConnection_GoesOutInOrderWhenThereIsOne()
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        var options = new KodamaClientOptions { Time = clock, WaitForConnection = true, Reconnect = ReconnectStrategy.Fixed() };
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        (await server.AcceptWebSocketAsync()).Reset();
        await using var client = await connecting.Within();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        using var cancel = new CancellationTokenSource();
        var first = client.SendAsync("1").AsTask();
        var second = client.SendAsync("2", cancel.Token).AsTask();
        var third = client.SendAsync("3").AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Within());

        clock.Advance(TimeSpan.FromSeconds(1));
        using var peer = await server.AcceptWebSocketAsync();

        Assert.Equal("1", (await peer.ReadFrameAsync())!.Text);
        Assert.Equal("3", (await peer.ReadFrameAsync())!.Text);
        await Task.WhenAll(first, third).Within();
        await peer.SendCloseAsync(1000);
    }

    [Fact]
    public async Task Send_BehindTheHubsGoodbye_GoesOutOverTheNextConnection()
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        var options = new KodamaClientOptions { Time = clock, WaitForConnection = true, Reconnect = ReconnectStrategy.Fixed() };
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        using var leaving = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        await leaving.SendCloseAsync(1001);
        Assert.Equal(1001, (await leaving.ReadFrameAsync())!.CloseCode);

        var sending = client.SendAsync("kept").AsTask();

        leaving.Dispose();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var peer = await server.AcceptWebSocketAsync();
        Assert.Equal("kept", (await peer.ReadFrameAsync())!.Text);
        await sending.Within();
        await peer.SendCloseAsync(1000);
    }

    [Fact]
    public async Task Send_ThatWaitsForAConnection_FailsWhenTheClientIsClosed()
    {
        var client = KodamaClient.Create("Lounge", new KodamaClientOptions { WaitForConnection = true });
        var waiting = client.SendAsync("x").AsTask();
        var behind = client.SendAsync("y").AsTask();

        await client.DisposeAsync().AsTask().Within();

        await Assert.ThrowsAsync<NotConnectedException>(() => waiting.Within());
        await Assert.ThrowsAsync<NotConnectedException>(() => behind.Within());
    }

    [Fact]
    public async Task Send_Text_AllocatesNoMoreThanItsTask()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { KeepAliveInterval = TimeSpan.Zero });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        var text = new string('x', 1000);
        var discarding = peer.Stream.CopyToAsync(Stream.Null);
        for (var i = 0; i < 200; i++) await client.SendAsync(text).Within();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sent = 0;
        for (; sent < 100; sent++)
        {
            var sending = client.SendAsync(text);
            // Goes on on another thread, whose allocations are not counted: the system's buffer was full.
            if (!sending.IsCompleted) break;
            await sending;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(sent > 0 && allocated < sent * 200, $"{allocated} bytes for {sent} messages of 1,000 bytes.");
        peer.Dispose();
        // With an exception, or with the end of the stream: whichever its end sees first.
        await Task.WhenAny(discarding).Within();
    }
}
