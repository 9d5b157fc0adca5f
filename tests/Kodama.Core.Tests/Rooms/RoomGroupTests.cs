using System.Text;

namespace Kodama.Core.Tests;

public class RoomGroupTests
{
    [Fact]
    public async Task Rooms_OfAGroup_HaveOneOrder()
    {
        var group = new RecordingGroup();
        var hub = new Hub { GroupOf = name => name == "other" ? null : group };
        var peers = new[]
        {
            await hub.ComeAsync(room: "red", link: new TestLink { Discards = true }),
            await hub.ComeAsync(room: "blue", link: new TestLink { Discards = true }),
        };

        Race.Run([.. peers.Select(peer => (Action)(() =>
        {
            for (var i = 0; i < 2000; i++) peer.Room.Send("x");
        }))]);

        Assert.Equal(Enumerable.Range(1, 4000), group.Numbers);
        Assert.Same(group, peers[0].Room.Group);
    }

    [Fact]
    public async Task Group_HearsJoinsMessagesAndLeaves()
    {
        var group = new RecordingGroup();
        var hub = new Hub { GroupOf = _ => group };
        var yui = await hub.ComeAsync(room: "red");
        hub.Join(yui.Peer, "blue");
        yui.Room.Send("hi");
        Hub.Leave(yui.Peer, yui.Room);
        yui.Peer.Disconnect();

        Assert.Equal(["join red", "join blue", "publish red 1", "leave red False", "leave blue True"], group.Events);
    }

    [Fact]
    public async Task Message_InARoomOfAGroup_IsWrittenInTheGroupsFormatWhoeverIsThere()
    {
        var group = new RecordingGroup();
        var hub = new Hub { GroupOf = _ => group };
        var yui = await hub.ComeAsync(room: "red", encoder: LengthPrefixed.Plain);

        yui.Room.Send("hi");

        Assert.Equal("group:hi", group.LastFrame);
    }

    [Fact]
    public async Task Peer_ThatTheGroupDoesNotLetHear_GetsNothing()
    {
        var group = new RecordingGroup { Takes = false };
        var hub = new Hub { GroupOf = _ => group };
        var yui = await hub.ComeAsync(room: "red");

        Assert.Equal(0, yui.Room.Send("hi").Receivers);
        group.Takes = true;
        Assert.Equal(1, yui.Room.Send("hi").Receivers);
    }

    private sealed class RecordingGroup : RoomGroup
    {
        private int number;

        public List<int> Numbers { get; } = [];

        public List<string> Events { get; } = [];

        public bool Takes { get; set; } = true;

        public string? LastFrame { get; private set; }

        public override IMessageEncoder Encoder { get; } = new Prefixing();

        public override void Joined_NeedsLock(Room room, Peer peer) => Events.Add($"join {room.Name}");

        public override void Left_NeedsLock(Room room, Peer peer, bool isGoing) => Events.Add($"leave {room.Name} {isGoing}");

        public override void Publishing_NeedsLock(in Message message, in Frame frame, Peer? sender, HashSet<Peer>? except)
        {
            Assert.True(Gate.IsHeldByCurrentThread);
            Numbers.Add(++number);
            Events.Add($"publish {message.Room!.Name} {number}");
            LastFrame = Encoding.UTF8.GetString(frame.Span);
        }

        public override bool Takes_NeedsLock(Peer peer) => Takes;
    }

    private sealed class Prefixing : IMessageEncoder
    {
        public Frame Encode(in Message message) => Frame.Copy(Encoding.UTF8.GetBytes($"group:{message.Payload}"));
    }
}
