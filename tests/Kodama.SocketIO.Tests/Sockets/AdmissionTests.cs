using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Tests;

/// <summary>A client that leaves while rules are asked whether it may come.</summary>
public class AdmissionTests
{
    [Theory]
    [InlineData(EngineVersion.V4)]
    [InlineData(EngineVersion.V3)]
    internal async Task Client_ThatLeavesWhileAValidatorWaits_KeepsNothing(EngineVersion version)
    {
        var asked = new TaskCompletionSource();
        var rules = new HubRules().Validate(async (peer, cancellationToken) =>
        {
            if (!peer.Details.ContainsKey("slow")) return PeerVerdict.Accepted;
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return PeerVerdict.Accepted;
        });
        using var server = new TestServer(o => o.AnyNamespace = true, rules, new HubOptions { MaxPeers = 1 });
        var session = server.Open("&slow=1", version);
        if (version == EngineVersion.V4) _ = session.SendAsync("0/tea,");
        await asked.Task.Within();

        await session.CutAsync();

        await Deadline.UntilAsync(() => server.Hub.Counts.Refused == 1 && server.IO.NamespaceCount == 1);
        Assert.Equal(0, server.IO.JoinlessCount);
        Assert.NotEmpty((await server.ComeAsync()).Id);
    }

    [Fact]
    public async Task Client_ThatIsEndedByTheServerWhileAValidatorWaits_KeepsNothing()
    {
        var asked = new TaskCompletionSource();
        var rules = new HubRules().Validate(async (_, cancellationToken) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return PeerVerdict.Accepted;
        });
        using var server = new TestServer(o => (o.AnyNamespace, o.ConnectTimeout) = (true, TimeSpan.FromSeconds(10)), rules);
        var session = server.Open();
        _ = session.SendAsync("0/tea,");
        await asked.Task.Within();

        server.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(DisconnectReason.ForcedClose, await session.Closed.Within());
        await Deadline.UntilAsync(() => server.IO.NamespaceCount == 1);
    }

    [Fact]
    public async Task Client_WhoseWayInFails_LeavesNothingBehind()
    {
        var logger = new LogRecorder
        {
            Logged = text =>
            {
                if (text.Contains("middleware", StringComparison.Ordinal)) throw new IOException("The log's disk is full.");
            },
        };
        using var server = new TestServer(logger: logger);
        server.IO.Of(new Regex("^/tea$")).Use((_, _) => throw new InvalidOperationException("Middleware fails."));
        var session = server.Open();

        _ = session.SendAsync("0/tea,");

        Assert.Equal(DisconnectReason.ForcedClose, await session.Closed.Within());
        await Deadline.UntilAsync(() => server.IO.NamespaceCount == 1);
        Assert.Empty(server.Hub.Peers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ThatTheRulesAreStillAskedAbout_IsToldNothingBeforeConnect(bool recovers)
    {
        var rules = new HubRules().Grant((peer, _) =>
        {
            peer.Hub.Send("to all");
            peer.Send("to you");
            return RoomRights.All;
        });
        using var server = new TestServer(o => o.ConnectionStateRecovery = recovers ? new RecoveryOptions() : null, rules);
        var session = server.Open();

        await session.SendAsync("0");

        Assert.StartsWith("0{\"sid\"", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(session.ReadAll());
    }

    [Fact]
    public async Task Client_ThatComesToOneNamespaceAfterAnother_IsNotCountedTwiceInTheLast()
    {
        var (begun, goesOn) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var logger = new LogRecorder
        {
            Logged = text =>
            {
                if (!text.Contains(" came to / ", StringComparison.Ordinal)) return;
                begun.TrySetResult();
                Assert.True(goesOn.Wait(Deadline.Default));
            },
        };
        using var server = new TestServer(o => o.MaxNamespacesPerConnection = 2, logger: logger);
        server.IO.Use((_, next) => next());
        server.IO.Of("/tea").OnConnection(_ => { });
        var session = server.Open();
        await session.SendAsync("0");
        await begun.Task.Within();

        await session.SendAsync("0/tea,");

        string[] answers = [await session.ReadAsync(), await session.ReadAsync()];
        goesOn.Set();
        Assert.Contains(answers, answer => answer.StartsWith("0/tea,{\"sid\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Socket_TakenOutOfItsRoomByTheHub_SpeaksThereNoMore()
    {
        using var server = new TestServer(o => o.Relay = true);
        var client = await server.ComeAsync();
        var raw = await server.ComeRawAsync();
        await client.EmitAsync("""["message","before"]""", 1);
        Assert.Equal("31[]", await client.ReadAsync());

        Hub.Leave(client.Socket.Peer!, raw.Peer.Room!);
        await client.EmitAsync("""["message","after"]""", 2);
        await client.EmitAsync("""["join","tea"]""", 3);

        Assert.Equal("33[]", await client.ReadAsync());
        Assert.Equal("before|", raw.Got);
    }
}
