using System.Text;
using Kodama.Testing;

namespace Kodama.Client.Tests.Messages;

/// <summary>Whoever does not read stays a member all the same.</summary>
public sealed class UnreadTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Wait_NobodyHasEverRead_KeepsTheLastAndHoldsNobodyUp()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, Options());
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        for (var i = 1; i <= 30; i++) await peer.SendMessageAsync($"{i}");
        await peer.SendCloseAsync(1001);
        Assert.Equal(1001, (await peer.ReadFrameAsync())!.CloseCode);
        peer.Dispose();

        await client.BecomesAsync<ClientStatus.Reconnecting>();
        Assert.Equal(27, client.DroppedMessages);
        Assert.Equal(
            ["28", "29", "30"], [await client.ReceiveTextAsync(), await client.ReceiveTextAsync(), await client.ReceiveTextAsync()]);
    }

    [Fact]
    public async Task Wait_ReaderThatHasLeft_ComesBackWhenASendFailsAndLosesNothingInHand()
    {
        using var server = new RawServer();
        var (client, peer) = await BlockAsync(server, Options());
        await using var _ = client;
        peer.Reset();

        await FailsToSendAsync(client);

        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var again = await server.AcceptWebSocketAsync();
        await client.BecomesAsync<ClientStatus.Connected>();
        await again.SendMessageAsync("new");
        string[] expected = ["2", "3", "4", "5", "new"];
        foreach (var text in expected) Assert.Equal(text, await client.ReceiveTextAsync());
        Assert.Equal(0, client.DroppedMessages);
    }

    [Fact]
    public async Task Wait_ReaderThatHasLeft_ComesBackWhenPingsAreNotAnswered()
    {
        using var server = new RawServer();
        var options = Options();
        options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromSeconds(1);
        var (client, peer) = await BlockAsync(server, options);
        await using var _ = client;
        using var silent = peer;

        var status = await client.BecomesAsync<ClientStatus.Reconnecting>();

        Assert.Equal(1006, Assert.IsType<HubClosedException>(status.Cause).CloseCode);
    }

    [Fact]
    public async Task Send_BehindOneThatFailed_WaitsForTheNextConnection()
    {
        using var server = new RawServer();
        var options = Options();
        options.WaitForConnection = true;
        var (client, peer) = await BlockAsync(server, options);
        await using var _ = client;
        peer.Reset();
        await FailsToSendAsync(client);

        var sending = client.SendAsync("kept").AsTask();

        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var again = await server.AcceptWebSocketAsync();
        Assert.Equal("kept", (await again.ReadFrameAsync())!.Text);
        await sending.Within();
        await again.SendCloseAsync(1000);
    }

    private KodamaClientOptions Options() => new() { Time = clock, MessageCapacity = 3, Reconnect = ReconnectStrategy.Fixed() };

    /// <summary>A client that has read one message, and whose connection waits with the fifth in hand.</summary>
    private static async Task<(KodamaClient Client, RawPeer Peer)> BlockAsync(RawServer server, KodamaClientOptions options)
    {
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();
        await peer.SendMessageAsync("1");
        Assert.Equal("1", await client.ReceiveTextAsync());
        // In one piece: when the ping is answered, the fifth is the client's.
        await peer.SendAsync([.. Text("2"), .. Text("3"), .. Text("4"), .. RawFrame.Head(RawFrame.PingOpcode, 0), .. Text("5")]);
        while ((await peer.ReadFrameAsync())!.Opcode != RawFrame.PongOpcode)
        {
        }
        return (client, peer);
    }

    private static Task<NotConnectedException> FailsToSendAsync(KodamaClient client) =>
        Assert.ThrowsAsync<NotConnectedException>(async () =>
    {
        while (true) await client.SendAsync("lost").Within();
    });

    private static byte[] Text(string text) => [.. RawFrame.Head(RawFrame.TextOpcode, text.Length), .. Encoding.UTF8.GetBytes(text)];
}
