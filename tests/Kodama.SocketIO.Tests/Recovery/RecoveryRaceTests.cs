using System.Text.Json;

namespace Kodama.SocketIO.Tests;

/// <summary>What two threads do to one client that comes back, step by step.</summary>
public class RecoveryRaceTests
{
    [Fact]
    public async Task Socket_ThatEnds_CanComeBackOnlyWhenItsPeerHasGone()
    {
        var seat = new Seat();
        var rules = new HubRules();
        rules.Validators.Add(seat);
        using var server = RecoveryTests.Create(rules: rules);
        var waiting = -1;
        seat.Released = () => waiting = server.IO.Main.Recovery!.WaitingCount;
        var client = new RecoveringClient(server);
        await client.ReturnAsync();

        // A second CONNECT: the server ends the socket, before the session does.
        await client.Session.SendAsync("0");
        await client.Session.Closed.Within();

        Assert.Equal(0, waiting);
        Assert.Equal(1, server.IO.Main.Recovery!.WaitingCount);
    }

    [Fact]
    public async Task EndOfAnEarlierConnection_DoesNotStopTheLaterOne()
    {
        using var server = RecoveryTests.Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        var earlier = client.Socket;
        var session = server.Open();
        var previous = new WaitingSession(earlier.Link.Track!, [], null, TimeSpan.MaxValue);
        var later = new SocketPeer(
            server.IO.Main, new SocketIOConnection(server.IO, session), new HandshakeInfo(session.Handshake, default), previous);
        Assert.Null(await later.AdmitAsync(CancellationToken.None));
        server.Hub.Join(later.Peer!, "lobby");
        var connect = Frame.Copy("CONNECT"u8);
        server.IO.Main.Recovery!.GoLive(later.Peer!, later.Track!, seen: 0, connect);

        server.Hub.Remove(earlier.Peer!, CloseReason.Lost);
        var before = later.Peer!.Outbox.QueuedBytes;
        server.IO.Emit("heard");

        Assert.True(later.Peer.Outbox.QueuedBytes > before);
    }

    [Fact]
    public async Task DirectMessages_BesideEvents_RepeatTheOffsetOfTheLastOne()
    {
        const int Many = 3_000;
        using var server = RecoveryTests.Create(hub: new HubOptions { Outbox = { MaxFrames = 1_000_000, MaxBytes = 1 << 28 } });
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        var peer = client.Socket.Peer!;
        var encoder = (RecoveryEncoder)server.IO.Main.Recovery!.Encoder;

        await Task.WhenAll(
            Task.Run(() => { for (var i = 0; i < Many; i++) server.IO.Emit("event"); }),
            Task.Run(() => { for (var i = 0; i < Many; i++) peer.Send("direct"); }),
            Task.Run(() => { for (var i = 0; i < Many; i++) server.Hub.Send("direct"); })).Within();

        var last = 0L;
        for (var i = 0; i < 3 * Many; i++)
        {
            using var packet = JsonDocument.Parse((await client.Session.ReadAsync())[1..]);
            Assert.True(encoder.TryRead(packet.RootElement.EnumerateArray().Last().GetString(), out var number));
            if (packet.RootElement[0].GetString() == "event") last++;
            Assert.Equal(last, number);
        }
        Assert.Equal(Many, last);
    }

    [Fact]
    public async Task DirectMessage_OfAReservedName_DoesNotReachTheClient()
    {
        using var server = RecoveryTests.Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();

        server.Hub.Send("disconnect", "x");
        server.Hub.Send("open", "y");

        Assert.StartsWith("2[\"open\",\"y\",", await client.Session.ReadAsync(), StringComparison.Ordinal);
    }

    private sealed class Seat : IPeerValidator
    {
        public Action Released { get; set; } = () => { };

        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => new(PeerVerdict.Accepted);

        public void Release(Peer peer) => Released();
    }
}
