using System.Net;

namespace Kodama.Core.Tests;

/// <summary>A client that proves its session comes in, whatever its older connection, which may be dead, still holds.</summary>
public class TakeoverTests
{
    private static HubRules Rules => new HubRules().UniqueDetail("name").MaxPeersPerAddress(1).MaxPeersPerDetail("team", 1);

    [Fact]
    public async Task Session_ThatComesAgain_GetsBackWhatItsOlderConnectionHeld()
    {
        var hub = new Hub(new HubOptions { MaxPeers = 1 }, Rules);
        var dead = new TestLink();
        var older = await ComeAsync(hub, dead);
        hub.Join(older.Peer!, "lobby");

        var newer = await ComeAsync(hub);

        Assert.True(newer.IsAccepted, newer.Refusal.Text);
        Assert.Equal(4002, (await dead.Closed.WithDeadline()).Code);
        Assert.Equal(newer.Peer, hub.FindPeer("session"));
        Assert.Equal([newer.Peer], hub.Peers);
    }

    [Fact]
    public async Task Session_OfAnother_GetsNothing()
    {
        var hub = new Hub(rules: Rules);
        await ComeAsync(hub);

        var other = await ComeAsync(hub, session: "another");

        Assert.Equal("The name \"Yui\" is taken: choose another.", other.Refusal.Text);
    }

    [Fact]
    public async Task Session_ThatComesWhileItsOlderConnectionIsLetIn_ComesInBehindItWithItsSeat()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<PeerVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rules = new HubRules().UniqueDetail("name").Validate((_, _) =>
        {
            asked.TrySetResult();
            return new(answer.Task);
        });
        var hub = new Hub(new HubOptions { MaxPeers = 1 }, rules);
        var link = new TestLink();
        var coming = ComeAsync(hub, link);
        await asked.Task.WithDeadline();

        var behind = ComeAsync(hub);
        Assert.False(behind.IsCompleted);
        answer.SetResult(PeerVerdict.Accepted);

        Assert.True((await coming).IsAccepted);
        var last = await behind;
        Assert.True(last.IsAccepted, last.Refusal.Text);
        Assert.Equal(4002, (await link.Closed.WithDeadline()).Code);
        Assert.Equal([last.Peer], hub.Peers);
    }

    [Fact]
    public async Task Session_ThatComesManyTimesAtOnce_IsThereOnce()
    {
        for (var i = 0; i < 200; i++)
        {
            var hub = new Hub(rules: Rules);

            var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ComeAsync(hub))));

            Assert.All(all, admission => Assert.True(admission.IsAccepted, admission.Refusal.Text));
            Assert.Equal(hub.FindPeer("session"), Assert.Single(hub.Peers));
        }
    }

    private static Task<Admission> ComeAsync(Hub hub, TestLink? link = null, string session = "session") => hub.AdmitAsync(
        new PeerDescription
        {
            Door = "test",
            Encoder = LengthPrefixed.Plain,
            Details = new Dictionary<string, string> { ["name"] = "Yui", ["team"] = "red" },
            RemoteAddress = IPAddress.Loopback,
            Session = session,
        },
        link ?? new TestLink()).AsTask().WithDeadline();
}
