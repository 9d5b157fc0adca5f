using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>A peer that is several members.</summary>
public class MemberRoleTests
{
    [Fact]
    public async Task Peer_MayBeSeveral_AndTakesThemAllWithIt()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var members = yui.Room.Members;

        await EnterAsync(yui, new MemberRole("a"), "1");
        await EnterAsync(yui, new MemberRole("b", new Note("n"u8.ToArray())), "2");
        await EnterAsync(yui, default, "3");

        Assert.Equal([$"{yui.Peer.Id}/a", $"{yui.Peer.Id}/b", yui.Peer.Id], members.List().Members.Select(member => member.Id));
        Assert.Equal("b", MemberRole.NameIn(members.List().Members[1].Id, yui.Peer.Id));
        Assert.NotNull(members.List().Members[1].Note);
        using (var batch = FlushBatch.Rent()) members.Leave(yui.Peer, new MemberRole("a"), batch);
        Assert.Equal(2, members.Count);
        yui.Go();
        Assert.Equal(0, members.Count);
    }

    [Fact]
    public async Task Name_OfAnother_TakesNothingFromIt()
    {
        var hub = new Hub();
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        await EnterAsync(yui, new MemberRole("a"), "1");
        await EnterAsync(ren, new MemberRole("a"), "2");

        using (var batch = FlushBatch.Rent()) ren.Room.Members.Leave(ren.Peer, new MemberRole("a"), batch);

        Assert.Equal($"{yui.Peer.Id}/a", Assert.Single(yui.Room.Members.List().Members).Id);
        Assert.Equal(RefusalCode.Invalid, (await EnterAsync(yui, new MemberRole(""), "1")).Code);
        Assert.Equal(RefusalCode.Invalid, (await EnterAsync(yui, new MemberRole(new string('x', 256)), "1")).Code);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task SameData_IsToldAgain_WhereThatIsAskedFor(bool isToldAgain, long offset)
    {
        var yui = await new Hub().ComeAsync();
        await EnterAsync(yui, new MemberRole("a"), "1");

        await EnterAsync(yui, new MemberRole("a", IsToldAgain: isToldAgain), "1");

        Assert.Equal(offset, yui.Room.Offset);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public async Task LostConnection_KeepsItsMembersAWhile_AndWhoTakesThemOverKeepsThem(bool takesOver, int left)
    {
        var clock = new FakeClock();
        var hub = new Hub(time: clock);
        var witness = await hub.ComeAsync();
        var yui = await hub.ComeWithSessionAsync("s1");
        await EnterAsync(yui, new MemberRole("a"), "1");
        await EnterAsync(yui, new MemberRole("b"), "1");
        yui.Go(CloseReason.Lost);
        Assert.Equal(2, witness.Room.Members.Count);

        var again = await hub.ComeWithSessionAsync("s1");
        if (takesOver) again.Room.Members.TakeOver(again.Peer);
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(left, witness.Room.Members.Count);
    }

    [Fact]
    public async Task Grace_OfAPeersOwn_CountsInsteadOfTheHubs()
    {
        var clock = new FakeClock();
        var hub = new Hub(time: clock);
        var witness = await hub.ComeAsync();
        var link = new TestLink();
        var admission = await hub.AdmitAsync(
            new PeerDescription
            {
                Door = "test",
                Encoder = LengthPrefixed.Plain,
                Session = "s1",
                PresenceGrace = TimeSpan.FromMinutes(1),
            },
            link);
        link.Attach(admission.Peer!);
        hub.Join(admission.Peer!, "lobby");
        witness.Room.Members.Enter(admission.Peer!, "1");

        hub.Remove(admission.Peer!, CloseReason.Lost);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, witness.Room.Members.Count);
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(0, witness.Room.Members.Count);
    }

    private static async Task<PublishResult> EnterAsync(TestPeer peer, MemberRole role, string data)
    {
        using var batch = FlushBatch.Rent();
        return await peer.Room.Members.EnterAsync(peer.Peer, role, data, batch);
    }
}
