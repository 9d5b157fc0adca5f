using Kodama.Testing;

namespace Kodama.Client.Tests.Messages;

public sealed class FullModeTests
{
    [Fact]
    public async Task DropOldest_MoreThanFit_KeepsTheLast()
    {
        var (client, peer) = await SendFiveAsync(FullMode.DropOldest);
        await using (client)
        using (peer)
        {
            await client.BecomesAsync<ClientStatus.Reconnecting>();
            Assert.Equal(2, client.DroppedMessages);
            Assert.Equal(
                ["3", "4", "5"], [await client.ReceiveTextAsync(), await client.ReceiveTextAsync(), await client.ReceiveTextAsync()]);
        }
    }

    [Fact]
    public async Task DropNewest_MoreThanFit_KeepsTheFirst()
    {
        var (client, peer) = await SendFiveAsync(FullMode.DropNewest);
        await using (client)
        using (peer)
        {
            await client.BecomesAsync<ClientStatus.Reconnecting>();
            Assert.Equal(2, client.DroppedMessages);
            Assert.Equal(
                ["1", "2", "3"], [await client.ReceiveTextAsync(), await client.ReceiveTextAsync(), await client.ReceiveTextAsync()]);
        }
    }

    [Fact]
    public async Task Disconnect_MoreThanFit_EndsTheClientBehindWhatWaits()
    {
        var (client, peer) = await SendFiveAsync(FullMode.Disconnect);
        await using (client)
        using (peer)
        {
            // A reader that is at it already would make room.
            await client.BecomesAsync<ClientStatus.Closed>();
            var (texts, end) = await client.ReceiveAllAsync();
            Assert.Equal(["1", "2", "3"], texts);
            Assert.IsType<MessagesFullException>(end);
            Assert.Same(end, Assert.IsType<ClientStatus.Closed>(client.Status).Cause);
        }
    }

    [Fact]
    public async Task Wait_MoreThanFit_LosesNothingAndReadsNoFurther()
    {
        var (client, peer) = await SendFiveAsync(FullMode.Wait, reads: true);
        await using (client)
        using (peer)
        {
            // The end of the connection is behind the messages: who does not read on does not know of it.
            Assert.IsType<ClientStatus.Connected>(client.Status);
            foreach (var text in (string[])["2", "3", "4", "5", "6"]) Assert.Equal(text, await client.ReceiveTextAsync());
            await client.BecomesAsync<ClientStatus.Reconnecting>();
            Assert.Equal(0, client.DroppedMessages);
        }
    }

    [Fact]
    public async Task Wait_NobodyReads_TheHubIsHeldBack()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { MessageCapacity = 1 });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        await peer.SendMessageAsync("0");
        Assert.Equal("0", await client.ReceiveTextAsync());
        var payload = new byte[256 * 1024];
        var sending = Task.CompletedTask;
        var sent = 0;
        // As much as the system holds for a connection, and no more.
        while (sending.IsCompleted)
        {
            Assert.True(++sent < 1000, "250 MB went to a client that does not read.");
            sending = peer.SendFrameAsync(RawFrame.BinaryOpcode, payload);
            await Task.WhenAny(sending, Task.Delay(200));
        }

        for (var i = 0; i < sent; i++) Assert.Equal(payload.Length, (await client.ReceiveAsync()).Bytes.Length);
        await sending.Within();
        await peer.SendCloseAsync(1000);
    }

    [Fact]
    public async Task Wait_DisposedWhileItWaits_EndsAndTellsWhatItDropped()
    {
        var (client, peer) = await SendFiveAsync(FullMode.Wait, reads: true);
        using (peer)
        {
            await client.DisposeAsync().AsTask().Within();

            Assert.Equal(["2", "3", "4"], (await client.ReceiveAllAsync()).Texts);
            Assert.InRange(client.DroppedMessages, 1, 2);
        }
    }

    /// <summary>A client with room for three, to whom five were sent (behind one that it has read, if it reads), and a goodbye that allows
    /// it to come back.</summary>
    private static async Task<(KodamaClient Client, RawPeer Peer)> SendFiveAsync(FullMode mode, bool reads = false)
    {
        using var server = new RawServer();
        var options = new KodamaClientOptions
        {
            FullMode = mode,
            MessageCapacity = 3,
            Reconnect = ReconnectStrategy.Fixed(TimeSpan.FromDays(1)),
        };
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();
        if (reads)
        {
            await peer.SendMessageAsync("1");
            Assert.Equal("1", await client.ReceiveTextAsync());
        }
        foreach (var text in reads ? (string[])["2", "3", "4", "5", "6"] : ["1", "2", "3", "4", "5"]) await peer.SendMessageAsync(text);
        await peer.SendCloseAsync(1001);
        return (client, peer);
    }
}
