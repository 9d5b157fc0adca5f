using System.Globalization;
using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>What a peer asks for of a room, and how it changes that.</summary>
public class JoinRequestTests
{
    [Fact]
    public async Task Messages_False_IsInTheRoomToSpeak()
    {
        var hub = new Hub();
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync(room: null));
        hub.Join(ren.Peer, new JoinRequest { Room = "lobby", Messages = false, Start = Start.Last(5) });

        await yui.SayAsync("unheard");
        await ren.SayAsync("heard");

        Assert.Empty(ren.Received);
        Assert.Equal(["heard"], yui.Received);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    public async Task Own_Decides_WhetherOnesOwnComes(bool echoes, bool? own, bool isHeard)
    {
        var hub = new Hub(new HubOptions { Echo = echoes });
        var yui = await hub.ComeAsync(room: null);
        hub.Join(yui.Peer, new JoinRequest { Room = "lobby", Own = own });

        await yui.SayAsync("mine");

        Assert.Equal(isHeard ? ["mine"] : [], yui.Received);
    }

    [Fact]
    public async Task Own_False_LeavesOutWhatIsKept()
    {
        var hub = new Hub();
        var link = new TestLink();
        var format = new Positioned();
        var first = await ComeAsync(hub, format, new TestLink());
        hub.Join(first, "lobby");
        await new TestPeer(first, new TestLink()).SayAsync("mine");
        first.Room!.Send("theirs");
        hub.Remove(first, CloseReason.Lost);

        var again = await ComeAsync(hub, format, link);
        var joined = hub.Join(again, new JoinRequest { Room = "lobby", Own = false, Start = Start.Last(5) });
        await new TestReader(again, link, joined).LiveAsync();

        Assert.Equal(["00000002theirs"], link.Received.Where(text => !text.EndsWith("live", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Change_GivesOtherThingsFromNowOn_AndTheMembersAsTheyAre()
    {
        var hub = new Hub();
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync(encoder: new Positioned()));
        yui.Room.Members.Enter(yui.Peer, "1");

        var changed = Hub.Change(ren.Peer, ren.Room, messages: false, presence: true)!;
        await yui.SayAsync("unheard");
        yui.Room.Members.Enter(yui.Peer, "2");

        Assert.Equal("1", Assert.Single(changed.Keys!).Payload.ToString());
        Assert.Equal([$"00000003Update {yui.Peer.Id} 2"], ren.Received);
        Assert.Null(Hub.Change(ren.Peer, ren.Room, messages: true, presence: false)!.Keys);
        await yui.SayAsync("heard");
        Assert.Equal("00000004heard", ren.Received[^1]);
        Hub.Leave(ren.Peer, yui.Room);
        Assert.Null(Hub.Change(ren.Peer, yui.Room, messages: true, presence: true));
    }

    [Fact]
    public async Task Change_OfOneThatCatchesUp_TellsHowFarItIs()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        await yui.SayAsync("one");
        var link = new TestLink { DrainsOnFlush = false };
        var ren = await ComeAsync(hub, new Positioned(), link);
        var joined = hub.Join(ren, new JoinRequest { Room = "lobby", Start = Start.Last(1), IsHeld = true });
        await yui.SayAsync("two");

        var changed = Hub.Change(ren, joined.Room!, messages: true, presence: false)!;

        Assert.Equal(0, changed.Position.Offset);
    }

    [Fact]
    public async Task Change_WhileOthersPublish_IsToldBetweenWhatIsBeforeItsPositionAndWhatIsBehind()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync(encoder: new Positioned());
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++) await yui.SayAsync("x");
        });
        const int changes = 300;
        for (var i = 0; i < changes; i++)
        {
            Hub.Change(ren.Peer, ren.Room, messages: true, presence: false, now =>
            {
                var frame = new Positioned().Encode(new RoomMark(ren.Room, now.Position, IsLive: true));
                ren.Peer.Outbox.TryAnswer(frame);
                frame.Release();
            });
            ren.Peer.Link.Flush();
        }
        await publishing.WithDeadline();
        await yui.SayAsync("end");

        var got = ren.Received.Select(static text => (At: int.Parse(text[..8], CultureInfo.InvariantCulture), Text: text[8..])).ToList();
        Assert.Equal(2001 + changes, got.Count);
        var last = 0;
        foreach (var (at, text) in got)
        {
            Assert.Equal(text == "live" ? last : last + 1, at);
            last = at;
        }
    }

    [Fact]
    public async Task Visit_OfAPeer_PublishesWithoutBeingThere_AsThatPeer()
    {
        var rules = new HubRules().OnlyRooms("lobby").RateLimit(1, TimeSpan.FromHours(1));
        var hub = new Hub(rules: rules);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync(room: null));

        var visit = await hub.VisitAsync(ren.Peer, "lobby", RoomRights.Publish);
        Assert.Equal(1, (await hub.PublishAsync(visit, "hello", Message.DefaultEvent)).Offset);
        var limited = await hub.PublishAsync(visit, "again", Message.DefaultEvent);

        Assert.Equal(["hello"], yui.Received);
        Assert.Equal(RefusalCode.MessageRefused, limited.Code);
        Assert.Equal(ren.Peer.Id, Assert.Single((await yui.Room.ReadMessagesAsync(0)).Entries).From);
        Assert.NotNull((await hub.VisitAsync(ren.Peer, "attic", RoomRights.Publish)).Refusal);
    }

    [Fact]
    public async Task Room_InWhichNothingWasSaid_WaitsForWhoLostItsConnection()
    {
        var clock = new Kodama.Testing.FakeClock();
        var hub = new Hub(time: clock);
        var peer = await ComeAsync(hub, new Positioned(), new TestLink());
        hub.Join(peer, "lobby");
        var epoch = peer.Room!.Epoch;

        hub.Remove(peer, CloseReason.Lost);
        Assert.Equal(epoch, hub.FindRoom("lobby")?.Epoch);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(hub.FindRoom("lobby"));

        var other = await ComeAsync(hub, new Positioned(), new TestLink());
        hub.Join(other, "lobby");
        hub.Remove(other, CloseReason.Normal);
        Assert.Null(hub.FindRoom("lobby"));
    }

    private static async Task<Peer> ComeAsync(Hub hub, IMessageEncoder format, TestLink link)
    {
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "test", Encoder = format, Session = "s1" }, link);
        link.Attach(admission.Peer!);
        return admission.Peer!;
    }
}
