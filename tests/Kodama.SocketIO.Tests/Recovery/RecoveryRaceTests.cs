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
        seat.Released = () => waiting = server.IO.Away!.Count;
        var client = new RecoveringClient(server);
        await client.ReturnAsync();

        // A second CONNECT: the server ends the socket, before the session does.
        await client.Session.SendAsync("0");
        await client.Session.Closed.Within();

        Assert.Equal(0, waiting);
        Assert.Equal(1, server.IO.Away!.Count);
    }

    [Fact]
    public async Task EndOfAnEarlierConnection_DoesNotStopTheLaterOne()
    {
        using var server = RecoveryTests.Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        var earlier = client.Socket.Peer;
        await client.Session.CutAsync();
        await client.ReturnAsync();

        server.IO.Main.Recovery!.Stop(client.Socket.Link.Recovery!, earlier);
        server.IO.Emit("heard");

        Assert.StartsWith("2[\"heard\",", await client.Session.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DirectMessages_BesideEvents_RepeatTheOffsetOfTheLastOne()
    {
        const int Many = 3_000;
        using var server = RecoveryTests.Create(hub: new HubOptions { Outbox = { MaxFrames = 1_000_000, MaxBytes = 1 << 28 } });
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        var peer = client.Socket.Peer!;

        await Task.WhenAll(
            Task.Run(() => { for (var i = 0; i < Many; i++) server.IO.Emit("event"); }),
            Task.Run(() => { for (var i = 0; i < Many; i++) peer.Send("direct"); }),
            Task.Run(() => { for (var i = 0; i < Many; i++) server.Hub.Send("direct"); })).Within();

        var last = 0L;
        for (var i = 0; i < 3 * Many; i++)
        {
            using var packet = JsonDocument.Parse((await client.Session.ReadAsync())[1..]);
            Assert.True(OffsetFormat.TryRead(packet.RootElement.EnumerateArray().Last().GetString(), out var number));
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

    [Fact]
    public async Task Log_ThatIsTrimmedWhileMiddlewareRuns_MakesANewSocketThatIsSentNothing()
    {
        using var server = RecoveryTests.Create(
            o => (o.ConnectionStateRecovery!.MaxBytes, o.ConnectionStateRecovery.SkipMiddlewares) = (64 * 1024, false));
        var emits = 0;
        server.IO.Use((_, next) =>
        {
            for (var i = 0; i < emits; i++) server.IO.Emit("much", new string('x', 1000));
            return next();
        });
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        await client.Session.CutAsync();
        var before = client.Id;
        server.IO.Emit("missed");

        emits = 100;
        await client.ReturnAsync();

        Assert.False(client.Recovered);
        Assert.NotEqual(before, client.Id);
        Assert.Empty(client.Events);
    }

    [Fact]
    public async Task Log_ThatIsTrimmedBetweenReadingAndTelling_TellsNothing()
    {
        using var server = RecoveryTests.Create(o => o.ConnectionStateRecovery!.MaxBytes = 64 * 1024);
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        var session = client.Socket.Link.Recovery!;
        await client.Session.CutAsync();
        server.IO.Emit("missed");
        var recovery = server.IO.Main.Recovery!;
        var back = server.Open();
        var taken = recovery.TryTake(new HandshakeInfo(back.Handshake, System.Text.Encoding.UTF8.GetBytes(client.Auth)), PacketFormat.Json);
        var isRead = recovery.TryCatchUp(taken!);
        var raw = await server.ComeRawAsync();
        var connect = Frame.Copy("CONNECT"u8);

        for (var i = 0; i < 200; i++) server.IO.To("nobody").Emit("much", new string('x', 1000));

        Assert.Same(session, taken);
        Assert.True(isRead);
        Assert.False(recovery.TryCatchUp(taken!, raw.Peer, connect));
        Assert.Equal(0, raw.Peer.Outbox.QueuedBytes);
    }

    private sealed class Seat : IPeerValidator
    {
        public Action Released { get; set; } = () => { };

        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => new(PeerVerdict.Accepted);

        public void Release(Peer peer) => Released();
    }
}
